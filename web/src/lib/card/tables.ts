// SPDX-License-Identifier: Apache-2.0
// What cards may name: the tables of src/card/tables.cpp, which a test compares; here with what a licence allows and asks
// for, in a few words that i18n has (`licence_trait_…`).

export interface Term {
    id: string;
    name: string;
}
export type Trait =
    | 'permissive'
    | 'patent'
    | 'restricted'
    | 'public'
    | 'attribution'
    | 'sharealike'
    | 'noncommercial'
    | 'noderivatives'
    | 'weak'
    | 'copyleft'
    | 'network'
    | 'research'
    | 'computational'
    | 'community'
    | 'family'
    | 'unknown'
    | 'other';
export interface Licence extends Term {
    traits: Trait[];
}
export type Modality = 'Text' | 'Audio' | 'Multimodal' | 'Vision' | 'Reinforcement' | 'Tabular' | 'Other';
export interface Task extends Term {
    modality: Modality;
    /** Offered in lists. */
    offered: boolean;
}

const licence = (id: string, name: string, traits: string): Licence => ({ id, name, traits: traits.split(' ') as Trait[] });
const task = (id: string, name: string, modality: Modality, offered = true): Task => ({ id, name, modality, offered });

export const licences: Licence[] = [
    licence('apache-2.0', 'Apache License 2.0', 'permissive patent'),
    licence('mit', 'MIT License', 'permissive'),
    licence('openrail', 'OpenRAIL family', 'restricted family'),
    licence('bigscience-openrail-m', 'BigScience OpenRAIL-M', 'restricted'),
    licence('creativeml-openrail-m', 'CreativeML OpenRAIL-M', 'restricted'),
    licence('bigscience-bloom-rail-1.0', 'BigScience BLOOM RAIL 1.0', 'restricted'),
    licence('bigcode-openrail-m', 'BigCode OpenRAIL-M v1', 'restricted'),
    licence('afl-3.0', 'Academic Free License 3.0', 'permissive patent'),
    licence('artistic-2.0', 'Artistic License 2.0', 'permissive'),
    licence('bsl-1.0', 'Boost Software License 1.0', 'permissive'),
    licence('bsd', 'BSD family', 'permissive family'),
    licence('bsd-2-clause', 'BSD 2-Clause', 'permissive'),
    licence('bsd-3-clause', 'BSD 3-Clause', 'permissive'),
    licence('bsd-3-clause-clear', 'BSD 3-Clause Clear', 'permissive'),
    licence('c-uda', 'Computational Use of Data Agreement', 'computational'),
    licence('cc', 'Creative Commons family', 'family'),
    licence('cc0-1.0', 'CC0 1.0 Universal', 'public'),
    licence('cc-by-2.0', 'CC BY 2.0', 'attribution'),
    licence('cc-by-2.5', 'CC BY 2.5', 'attribution'),
    licence('cc-by-3.0', 'CC BY 3.0', 'attribution'),
    licence('cc-by-4.0', 'CC BY 4.0', 'attribution'),
    licence('cc-by-sa-3.0', 'CC BY-SA 3.0', 'attribution sharealike'),
    licence('cc-by-sa-4.0', 'CC BY-SA 4.0', 'attribution sharealike'),
    licence('cc-by-nc-2.0', 'CC BY-NC 2.0', 'attribution noncommercial'),
    licence('cc-by-nc-3.0', 'CC BY-NC 3.0', 'attribution noncommercial'),
    licence('cc-by-nc-4.0', 'CC BY-NC 4.0', 'attribution noncommercial'),
    licence('cc-by-nd-4.0', 'CC BY-ND 4.0', 'attribution noderivatives'),
    licence('cc-by-nc-nd-3.0', 'CC BY-NC-ND 3.0', 'attribution noncommercial noderivatives'),
    licence('cc-by-nc-nd-4.0', 'CC BY-NC-ND 4.0', 'attribution noncommercial noderivatives'),
    licence('cc-by-nc-sa-2.0', 'CC BY-NC-SA 2.0', 'attribution noncommercial sharealike'),
    licence('cc-by-nc-sa-3.0', 'CC BY-NC-SA 3.0', 'attribution noncommercial sharealike'),
    licence('cc-by-nc-sa-4.0', 'CC BY-NC-SA 4.0', 'attribution noncommercial sharealike'),
    licence('cdla-sharing-1.0', 'CDLA Sharing 1.0', 'attribution sharealike'),
    licence('cdla-permissive-1.0', 'CDLA Permissive 1.0', 'permissive'),
    licence('cdla-permissive-2.0', 'CDLA Permissive 2.0', 'permissive'),
    licence('wtfpl', 'WTFPL', 'public'),
    licence('ecl-2.0', 'Educational Community License 2.0', 'permissive patent'),
    licence('epl-1.0', 'Eclipse Public License 1.0', 'weak'),
    licence('epl-2.0', 'Eclipse Public License 2.0', 'weak'),
    licence('etalab-2.0', 'Etalab Open License 2.0', 'permissive'),
    licence('eupl-1.1', 'European Union Public License 1.1', 'copyleft network'),
    licence('eupl-1.2', 'European Union Public License 1.2', 'copyleft network'),
    licence('agpl-3.0', 'GNU AGPL 3.0', 'copyleft network'),
    licence('gfdl', 'GNU Free Documentation License family', 'attribution sharealike family'),
    licence('gpl', 'GNU GPL family', 'copyleft family'),
    licence('gpl-2.0', 'GNU GPL 2.0', 'copyleft'),
    licence('gpl-3.0', 'GNU GPL 3.0', 'copyleft'),
    licence('lgpl', 'GNU LGPL family', 'weak family'),
    licence('lgpl-2.1', 'GNU LGPL 2.1', 'weak'),
    licence('lgpl-3.0', 'GNU LGPL 3.0', 'weak'),
    licence('isc', 'ISC License', 'permissive'),
    licence('h-research', 'H Research License', 'research'),
    licence('intel-research', 'Intel Research Use License', 'research'),
    licence('lppl-1.3c', 'LaTeX Project Public License 1.3c', 'weak'),
    licence('ms-pl', 'Microsoft Public License', 'permissive patent'),
    licence('apple-ascl', 'Apple Sample Code License', 'permissive'),
    licence('apple-amlr', 'Apple Model License for Research', 'research'),
    licence('mpl-2.0', 'Mozilla Public License 2.0', 'weak'),
    licence('odc-by', 'Open Data Commons Attribution', 'attribution'),
    licence('odbl', 'Open Database License', 'attribution sharealike'),
    licence('openmdw-1.0', 'OpenMDW 1.0', 'permissive patent'),
    licence('openmdw-1.1', 'OpenMDW 1.1', 'permissive patent'),
    licence('openrail++', 'OpenRAIL++-M', 'restricted'),
    licence('osl-3.0', 'Open Software License 3.0', 'copyleft network'),
    licence('postgresql', 'PostgreSQL License', 'permissive'),
    licence('ofl-1.1', 'SIL Open Font License 1.1', 'weak'),
    licence('ncsa', 'Illinois/NCSA Open Source License', 'permissive'),
    licence('unlicense', 'The Unlicense', 'public'),
    licence('zlib', 'zlib License', 'permissive'),
    licence('pddl', 'Open Data Commons Public Domain Dedication', 'public'),
    licence('lgpl-lr', 'LGPL for Linguistic Resources', 'attribution sharealike'),
    licence('deepfloyd-if-license', 'DeepFloyd IF Research License', 'research'),
    licence('fair-noncommercial-research-license', 'FAIR Noncommercial Research License', 'noncommercial research'),
    licence('llama2', 'Llama 2 Community License', 'community'),
    licence('llama3', 'Llama 3 Community License', 'community'),
    licence('llama3.1', 'Llama 3.1 Community License', 'community'),
    licence('llama3.2', 'Llama 3.2 Community License', 'community'),
    licence('llama3.3', 'Llama 3.3 Community License', 'community'),
    licence('llama4', 'Llama 4 Community License', 'community'),
    licence('grok2-community', 'Grok 2 Community License', 'community'),
    licence('gemma', 'Gemma Terms of Use', 'community'),
    licence('unknown', 'Unknown', 'unknown'),
    licence('other', 'Other', 'other'),
];

export const tasks: Task[] = [
    task('text-classification', 'Text Classification', 'Text'),
    task('token-classification', 'Token Classification', 'Text'),
    task('table-question-answering', 'Table Question Answering', 'Text'),
    task('question-answering', 'Question Answering', 'Text'),
    task('zero-shot-classification', 'Zero-Shot Classification', 'Text'),
    task('translation', 'Translation', 'Text'),
    task('summarization', 'Summarization', 'Text'),
    task('feature-extraction', 'Feature Extraction', 'Text'),
    task('text-generation', 'Text Generation', 'Text'),
    task('fill-mask', 'Fill Mask', 'Text'),
    task('sentence-similarity', 'Sentence Similarity', 'Text'),
    task('table-to-text', 'Table-to-Text', 'Text', false),
    task('multiple-choice', 'Multiple Choice', 'Text', false),
    task('text-ranking', 'Text Ranking', 'Text'),
    task('text-retrieval', 'Text Retrieval', 'Text', false),
    task('text-to-speech', 'Text-to-Speech', 'Audio'),
    task('text-to-audio', 'Text-to-Audio', 'Audio'),
    task('automatic-speech-recognition', 'Automatic Speech Recognition', 'Audio'),
    task('audio-to-audio', 'Audio-to-Audio', 'Audio'),
    task('audio-classification', 'Audio Classification', 'Audio'),
    task('voice-activity-detection', 'Voice Activity Detection', 'Audio'),
    task('audio-text-to-text', 'Audio Text-to-Text', 'Multimodal'),
    task('image-text-to-text', 'Image Text-to-Text', 'Multimodal'),
    task('image-text-to-image', 'Image Text-to-Image', 'Multimodal'),
    task('image-text-to-video', 'Image Text-to-Video', 'Multimodal'),
    task('visual-question-answering', 'Visual Question Answering', 'Multimodal'),
    task('document-question-answering', 'Document Question Answering', 'Multimodal'),
    task('video-text-to-text', 'Video Text-to-Text', 'Multimodal'),
    task('visual-document-retrieval', 'Visual Document Retrieval', 'Multimodal'),
    task('any-to-any', 'Any-to-Any', 'Multimodal'),
    task('depth-estimation', 'Depth Estimation', 'Vision'),
    task('image-classification', 'Image Classification', 'Vision'),
    task('object-detection', 'Object Detection', 'Vision'),
    task('image-segmentation', 'Image Segmentation', 'Vision'),
    task('text-to-image', 'Text-to-Image', 'Vision'),
    task('image-to-text', 'Image-to-Text', 'Vision'),
    task('image-to-image', 'Image-to-Image', 'Vision'),
    task('image-to-video', 'Image-to-Video', 'Vision'),
    task('unconditional-image-generation', 'Unconditional Image Generation', 'Vision'),
    task('video-classification', 'Video Classification', 'Vision'),
    task('text-to-video', 'Text-to-Video', 'Vision'),
    task('zero-shot-image-classification', 'Zero-Shot Image Classification', 'Vision'),
    task('mask-generation', 'Mask Generation', 'Vision'),
    task('zero-shot-object-detection', 'Zero-Shot Object Detection', 'Vision'),
    task('text-to-3d', 'Text-to-3D', 'Vision'),
    task('image-to-3d', 'Image-to-3D', 'Vision'),
    task('image-feature-extraction', 'Image Feature Extraction', 'Vision'),
    task('keypoint-detection', 'Keypoint Detection', 'Vision'),
    task('video-to-video', 'Video-to-Video', 'Vision'),
    task('reinforcement-learning', 'Reinforcement Learning', 'Reinforcement'),
    task('robotics', 'Robotics', 'Reinforcement'),
    task('tabular-classification', 'Tabular Classification', 'Tabular'),
    task('tabular-regression', 'Tabular Regression', 'Tabular'),
    task('tabular-to-text', 'Tabular-to-Text', 'Tabular', false),
    task('time-series-forecasting', 'Time Series Forecasting', 'Tabular'),
    task('graph-ml', 'Graph Machine Learning', 'Other'),
    task('other', 'Other', 'Other', false),
];

export const libraries: Term[] = [
    { id: 'adapter-transformers', name: 'Adapters' },
    { id: 'allennlp', name: 'AllenNLP' },
    { id: 'asteroid', name: 'Asteroid' },
    { id: 'bertopic', name: 'BERTopic' },
    { id: 'coreml', name: 'Core ML' },
    { id: 'diffusers', name: 'Diffusers' },
    { id: 'espnet', name: 'ESPnet' },
    { id: 'fairseq', name: 'Fairseq' },
    { id: 'fastai', name: 'fastai' },
    { id: 'fasttext', name: 'fastText' },
    { id: 'flair', name: 'Flair' },
    { id: 'gguf', name: 'GGUF' },
    { id: 'gliner', name: 'GLiNER' },
    { id: 'joblib', name: 'joblib' },
    { id: 'keras', name: 'Keras' },
    { id: 'keras-hub', name: 'KerasHub' },
    { id: 'lerobot', name: 'LeRobot' },
    { id: 'llama-cpp-python', name: 'llama-cpp-python' },
    { id: 'ml-agents', name: 'ML-Agents' },
    { id: 'mlx', name: 'MLX' },
    { id: 'model2vec', name: 'Model2Vec' },
    { id: 'nemo', name: 'NeMo' },
    { id: 'onnx', name: 'ONNX' },
    { id: 'open_clip', name: 'OpenCLIP' },
    { id: 'PaddleOCR', name: 'PaddleOCR' },
    { id: 'paddlenlp', name: 'PaddleNLP' },
    { id: 'peft', name: 'PEFT' },
    { id: 'pyannote-audio', name: 'pyannote.audio' },
    { id: 'sample-factory', name: 'Sample Factory' },
    { id: 'sentence-transformers', name: 'Sentence Transformers' },
    { id: 'setfit', name: 'SetFit' },
    { id: 'sklearn', name: 'scikit-learn' },
    { id: 'spacy', name: 'spaCy' },
    { id: 'span-marker', name: 'SpanMarker' },
    { id: 'speechbrain', name: 'SpeechBrain' },
    { id: 'stable-baselines3', name: 'Stable-Baselines3' },
    { id: 'stanza', name: 'Stanza' },
    { id: 'tf-keras', name: 'TF-Keras' },
    { id: 'timm', name: 'timm' },
    { id: 'transformers', name: 'Transformers' },
    { id: 'transformers.js', name: 'Transformers.js' },
    { id: 'ultralytics', name: 'Ultralytics' },
    { id: 'unity-sentis', name: 'Unity Sentis' },
    { id: 'univa', name: 'UniVA' },
];

/** What `base_model_relation` may say. */
export const relations = ['finetune', 'adapter', 'merge', 'quantized'] as const;

/** Languages that cards name most; any code of two or three letters may be written. */
export const languageCodes = (
    'ar en zh es fr de ru pt ja ko it tr fa ur hi id nl pl uk vi th sv cs ro hu el he da fi no bg sr hr sk sl lt lv et ca eu gl bn ta te ml kn mr gu pa ' +
    'ne si my km lo ka hy az kk ky uz tg tk mn am so sw yo ig ha zu xh af sq mk bs is ga cy mt be ku ps sd ug ms jv su tl ary arz apc arq ckb code multilingual'
).split(' ');

/** Metrics that evaluation results name most. */
export const metrics = (
    'accuracy f1 precision recall perplexity bleu sacrebleu rouge meteor chrf wer cer exact_match squad matthews_correlation ' +
    'pearsonr spearmanr mean_iou mse mae r_squared roc_auc bertscore comet ter code_eval'
).split(' ');
