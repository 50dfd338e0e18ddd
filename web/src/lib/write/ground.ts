// SPDX-License-Identifier: Apache-2.0
// What a page that writes stands on: the repository, its branches, and the commit that the person sees.
import { loadHead } from '../api/commits';
import { loadRefs, loadAbout, type Refs, type RepoAbout } from '../api/repos';
import type { RepoId } from '../places';

export interface Ground {
    info: RepoAbout;
    refs: Refs;
    /** Head of the branch or pull request; nothing where no commit can be added. */
    head?: string;
}

export async function loadGround(repo: RepoId, revision: string, signal?: AbortSignal): Promise<Ground> {
    const [info, refs] = await Promise.all([loadAbout(repo, signal), loadRefs(repo, signal)]);
    const branch = refs.branches.find(({ name }) => name === revision);
    if (branch) return { info, refs, head: branch.targetCommit };
    return { info, refs, head: revision.startsWith('refs/pr/') ? await loadHead(repo, revision, signal) : undefined };
}
