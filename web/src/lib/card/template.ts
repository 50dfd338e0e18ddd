// SPDX-License-Identifier: Apache-2.0
// Cards to begin with.
import { idOf, type RepoId } from '../places';

/** The README of a new repository: its facts and its name. */
export function firstCard(repo: RepoId, { licence, sdk }: { licence?: string; sdk?: string }): string {
    const facts: string[] = [];
    if (repo.type === 'space') facts.push(`title: ${JSON.stringify(repo.name)}`, `sdk: ${sdk}`);
    if (licence) facts.push(`license: ${licence}`);
    const front = facts.length ? `---\n${facts.join('\n')}\n---\n\n` : '';
    return `${front}# ${repo.name}\n`;
}

const model = (name: string, id: string): string => `# ${name}

> One sentence: what it does, and for whom.

## Use it

\`\`\`python
# What somebody types to try it
model_id = "${id}"
\`\`\`

## Intended use and limits

What it is made for, what it must not be used for, and where it is known to fail.

## Data

What it was trained and evaluated on, the licences of that data, and whether it holds personal data.

## Training

Hyperparameters, hardware, duration, energy.

## Evaluation

What was measured, on which data, and the results.

## Versions

What changed in this version.

## Contact and citation

Who made it, how to reach them, and how to cite it.
`;

const dataset = (name: string, id: string): string => `# ${name}

> One sentence: what is in it, and for whom.

## Use it

\`\`\`python
from datasets import load_dataset

data = load_dataset("${id}")
\`\`\`

## What is in it

The fields of an example, the splits and their sizes, the languages.

## Where it comes from

Who collected it, when, how, and from which sources. How it was annotated.

## Intended use and limits

What it is made for, what it must not be used for, its biases and gaps.

## Personal and sensitive data

Whether it holds any, and what was done about it.

## Licence, contact and citation

The licence of the data, who made it, and how to cite it.
`;

const modelArabic = (name: string, id: string): string => `# ${name}

> جملة واحدة: ما الذي يفعله النموذج، ولمن.

## الاستخدام

\`\`\`python
# ما يكتبه من يريد تجربته
model_id = "${id}"
\`\`\`

## الاستخدام المقصود والحدود

لأي غرض صُنع، وما الذي لا يصح استخدامه فيه، وأين يُعرف أنه يخطئ.

## البيانات

على أي بيانات دُرّب وقُيّم، وما تراخيصها، وهل فيها بيانات شخصية.

## التدريب

المعاملات الفائقة والعتاد والمدة والطاقة.

## التقييم

ما الذي قيس، وعلى أي بيانات، وما النتائج.

## النسخ

ما الذي تغيّر في هذه النسخة.

## التواصل والاستشهاد

من صنعه، وكيف يمكن الوصول إليهم، وكيف يُستشهد به.
`;

const datasetArabic = (name: string, id: string): string => `# ${name}

> جملة واحدة: ما الذي فيها، ولمن.

## الاستخدام

\`\`\`python
from datasets import load_dataset

data = load_dataset("${id}")
\`\`\`

## المحتوى

حقول المثال الواحد، والأقسام وأحجامها، واللغات.

## المصدر

من جمعها، ومتى، وكيف، ومن أي مصادر، وكيف جرى توسيمها.

## الاستخدام المقصود والحدود

لأي غرض صُنعت، وما الذي لا يصح استخدامها فيه، وتحيزاتها وثغراتها.

## البيانات الشخصية والحساسة

هل فيها شيء منها، وما الذي فُعل حيالها.

## الترخيص والتواصل والاستشهاد

ترخيص البيانات، ومن صنعها، وكيف يُستشهد بها.
`;

/** The recommended sections, in the reader's language, to be filled in. */
export function templateOf(repo: RepoId, language: 'en' | 'ar'): string {
    const write = repo.type === 'dataset' ? (language === 'ar' ? datasetArabic : dataset) : language === 'ar' ? modelArabic : model;
    return write(repo.name, idOf(repo));
}
