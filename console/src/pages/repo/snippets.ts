/** What to type or write to use a repository, with this hub's address in it. */
import type { RepoInfo } from '@/api/types';
import { repoUrl, type RepoRef } from '@/lib/urls';

export interface Snippet {
  id: string;
  label: string;
  text: string;
}

const transformersTasks: Record<string, string> = {
  'text-generation': 'AutoModelForCausalLM',
  'fill-mask': 'AutoModelForMaskedLM',
  'text-classification': 'AutoModelForSequenceClassification',
  'token-classification': 'AutoModelForTokenClassification',
  'question-answering': 'AutoModelForQuestionAnswering',
  translation: 'AutoModelForSeq2SeqLM',
  summarization: 'AutoModelForSeq2SeqLM',
  'text2text-generation': 'AutoModelForSeq2SeqLM',
  'image-classification': 'AutoModelForImageClassification',
  'automatic-speech-recognition': 'AutoModelForSpeechSeq2Seq',
};

function ofLibrary(info: RepoInfo): Snippet | null {
  const { id, library_name: library } = info;
  const has = (tag: string) => info.tags.includes(tag);
  if (library === 'diffusers')
    return {
      id: 'diffusers',
      label: 'diffusers',
      text: `from diffusers import DiffusionPipeline\n\npipeline = DiffusionPipeline.from_pretrained("${id}")`,
    };
  if (library === 'sentence-transformers' || has('sentence-transformers'))
    return {
      id: 'sentence-transformers',
      label: 'sentence-transformers',
      text: `from sentence_transformers import SentenceTransformer\n\nmodel = SentenceTransformer("${id}")\nembeddings = model.encode(["A first sentence", "A second one"])`,
    };
  if (library === 'transformers' || has('transformers')) {
    const loader = transformersTasks[info.pipeline_tag ?? ''] ?? 'AutoModel';
    return {
      id: 'transformers',
      label: 'transformers',
      text: `from transformers import ${loader}, AutoTokenizer\n\ntokenizer = AutoTokenizer.from_pretrained("${id}")\nmodel = ${loader}.from_pretrained("${id}")`,
    };
  }
  return null;
}

export function snippets(repo: RepoRef, info: RepoInfo, endpoint: string, file: string): Snippet[] {
  const { kind, id } = repo;
  const type = kind === 'model' ? '' : ` --repo-type ${kind}`;
  const argument = kind === 'model' ? '' : `, repo_type="${kind}"`;
  const token = info.private ? ' HF_TOKEN=hf_…' : '';
  const header = info.private ? ' -H "Authorization: Bearer $HF_TOKEN"' : '';
  const environment = `import os\n\nos.environ["HF_ENDPOINT"] = "${endpoint}"  # before the import\n`;
  const library = kind === 'model' ? ofLibrary(info) : null;
  const parts: (Snippet | null)[] = [
    { id: 'hf', label: 'hf', text: `export HF_ENDPOINT=${endpoint}${token}\nhf download ${id}${type}` },
    library && { ...library, text: `# HF_ENDPOINT=${endpoint}\n${library.text}` },
    kind === 'dataset'
      ? {
          id: 'datasets',
          label: 'datasets',
          text: `# HF_ENDPOINT=${endpoint}\nfrom datasets import load_dataset\n\ndata = load_dataset("${id}")`,
        }
      : null,
    {
      id: 'python',
      label: 'Python',
      text: `${environment}from huggingface_hub import snapshot_download\n\nfolder = snapshot_download("${id}"${argument})`,
    },
    {
      id: 'curl',
      label: 'curl',
      text: `curl -L${header} -O \\\n  ${endpoint}${repoUrl(repo)}/resolve/main/${file}`,
    },
    { id: 'git', label: 'git', text: `git lfs install\ngit clone ${endpoint}${repoUrl(repo)}` },
  ];
  return parts.filter((part) => part !== null);
}
