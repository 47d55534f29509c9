// Runs one step with @huggingface/hub: node driver.mjs '{"step": ..., ...}'. Prints one line of JSON.
import { readFile, writeFile } from "node:fs/promises";
import * as hub from "@huggingface/hub";

const input = JSON.parse(process.argv[2]);
const common = { hubUrl: input.url, accessToken: input.token ?? undefined };

const collect = async (list) => {
  const found = [];
  for await (const item of list) found.push(item);
  return found;
};

const steps = {
  whoami: () => hub.whoAmI(common),
  createRepo: () => hub.createRepo({ ...common, repo: input.repo, ...input.options }),
  deleteRepo: () => hub.deleteRepo({ ...common, repo: input.repo }),
  repoExists: () => hub.repoExists({ ...common, repo: input.repo }),
  upload: async () => {
    const files = await Promise.all(
      Object.entries(input.files).map(async ([path, local]) => ({ path, content: new Blob([await readFile(local)]) })),
    );
    return hub.uploadFiles({ ...common, repo: input.repo, files, commitTitle: "from js", ...input.options });
  },
  commit: () => hub.commit({ ...common, repo: input.repo, title: "commit", operations: input.operations, ...input.options }),
  download: async () => {
    const blob = await hub.downloadFile({ ...common, repo: input.repo, path: input.path, ...input.options });
    if (blob === null) return null;
    const part = input.slice ? blob.slice(...input.slice) : blob;
    await writeFile(input.into, Buffer.from(await part.arrayBuffer()));
    return { size: blob.size };
  },
  fileInfo: async () => hub.fileDownloadInfo({ ...common, repo: input.repo, path: input.path, ...input.options }),
  fileExists: () => hub.fileExists({ ...common, repo: input.repo, path: input.path }),
  deleteFiles: () => hub.deleteFiles({ ...common, repo: input.repo, paths: input.paths }),
  listFiles: () => collect(hub.listFiles({ ...common, repo: input.repo, recursive: true, ...input.options })),
  pathsInfo: () => hub.pathsInfo({ ...common, repo: input.repo, paths: input.paths, expand: true }),
  listCommits: () => collect(hub.listCommits({ ...common, repo: input.repo, ...input.options })),
  countCommits: () => hub.countCommits({ ...common, repo: input.repo }),
  listModels: () => collect(hub.listModels({ ...common, search: { query: input.search }, additionalFields: ["sha"] })),
  modelInfo: () => hub.modelInfo({ ...common, name: input.repo }),
  createBranch: () => hub.createBranch({ ...common, repo: input.repo, branch: input.branch, ...input.options }),
  deleteBranch: () => hub.deleteBranch({ ...common, repo: input.repo, branch: input.branch }),
  checkAccess: () => hub.checkRepoAccess({ ...common, repo: input.repo }),
  safetensors: () => hub.parseSafetensorsMetadata({ ...common, repo: input.repo }),
};

let answer;
try {
  answer = { ok: (await steps[input.step]()) ?? null };
} catch (error) {
  answer = { error: { name: error.constructor.name, status: error.statusCode, message: String(error.message) } };
}
console.log(JSON.stringify(answer));
