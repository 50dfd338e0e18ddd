// SPDX-License-Identifier: Apache-2.0
// Cards to begin with.
import { idOf, type RepoId } from '../places';

interface Facts {
    licence?: string;
    /** Of a space; `static` where it is not known. */
    sdk?: string;
}

/** What runs first: a program, a page; an image says it itself. */
const kAppFiles: Record<string, string> = { gradio: 'app.py', streamlit: 'app.py', static: 'index.html' };

function spaceFacts(repo: RepoId, sdk: string): string[] {
    const app = kAppFiles[sdk];
    const looks = [`title: ${JSON.stringify(repo.name)}`, 'emoji: ⚓', 'colorFrom: blue', 'colorTo: green'];
    return [...looks, `sdk: ${sdk}`, ...(app ? [`app_file: ${app}`] : []), 'pinned: false'];
}

/** The front matter of a repository of which little is known; "" where there is nothing to say. */
export function frontOf(repo: RepoId, { licence, sdk = 'static' }: Facts): string {
    const facts = repo.type === 'space' ? spaceFacts(repo, sdk) : [];
    if (licence) facts.push(`license: ${licence}`);
    return facts.length ? `---\n${facts.join('\n')}\n---\n` : '';
}

/** The README of a new repository: its facts and its name. */
export function firstCard(repo: RepoId, facts: Facts): string {
    const front = frontOf(repo, facts);
    return `${front}${front && '\n'}# ${repo.name}\n`;
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

const space = (name: string): string => `# ${name}

> One sentence: what it shows, and for whom.

## How to use it

What to enter or press, what comes out, and how long that takes.

## What is behind it

The models and data it uses, and where they are from.

## Run it yourself

What is needed, and how it is started.

## Limits and privacy

Where it is known to fail, what it must not be used for, and what becomes of the things people enter.

## Licence and contact

The licence of the code, who made it, and how to reach them.
`;

const spaceArabic = (name: string): string => `# ${name}

> جملة واحدة: ما الذي تعرضه المساحة، ولمن.

## طريقة الاستخدام

ما الذي يُدخَل أو يُضغط، وما الذي ينتج، وكم يستغرق ذلك.

## ما وراءها

النماذج والبيانات التي تستعملها، ومن أين أتت.

## تشغيلها بنفسك

ما الذي يلزم، وكيف تُشغَّل.

## الحدود والخصوصية

أين يُعرف أنها تخطئ، وما الذي لا يصح استخدامها فيه، وما مصير ما يُدخله الناس.

## الترخيص والتواصل

ترخيص الشيفرة، ومن صنعها، وكيف يمكن الوصول إليهم.
`;

const kTemplates = {
    model: { en: model, ar: modelArabic },
    dataset: { en: dataset, ar: datasetArabic },
    space: { en: space, ar: spaceArabic },
};

/** The recommended sections, in the reader's language, to be filled in. */
export const templateOf = (repo: RepoId, language: 'en' | 'ar'): string => kTemplates[repo.type][language](repo.name, idOf(repo));
