#include "hub/tag_types.hpp"

#include <algorithm>
#include <array>

namespace siahub::hub {
namespace {

constexpr auto kTasks = std::to_array<std::string_view>({
    "any-to-any",
    "audio-classification",
    "audio-text-to-text",
    "audio-to-audio",
    "automatic-speech-recognition",
    "depth-estimation",
    "document-question-answering",
    "feature-extraction",
    "fill-mask",
    "graph-ml",
    "image-classification",
    "image-feature-extraction",
    "image-segmentation",
    "image-text-to-image",
    "image-text-to-text",
    "image-text-to-video",
    "image-to-3d",
    "image-to-image",
    "image-to-text",
    "image-to-video",
    "keypoint-detection",
    "mask-generation",
    "multiple-choice",
    "object-detection",
    "question-answering",
    "reinforcement-learning",
    "robotics",
    "sentence-similarity",
    "summarization",
    "table-question-answering",
    "tabular-classification",
    "tabular-regression",
    "text-classification",
    "text-generation",
    "text-ranking",
    "text-to-3d",
    "text-to-audio",
    "text-to-image",
    "text-to-speech",
    "text-to-video",
    "text2text-generation",
    "time-series-forecasting",
    "token-classification",
    "translation",
    "unconditional-image-generation",
    "video-classification",
    "video-text-to-text",
    "video-to-video",
    "visual-document-retrieval",
    "visual-question-answering",
    "voice-activity-detection",
    "zero-shot-classification",
    "zero-shot-image-classification",
    "zero-shot-object-detection",
});

constexpr auto kLibraries = std::to_array<std::string_view>({
    "adapter-transformers",
    "allennlp",
    "asteroid",
    "bertopic",
    "coreml",
    "diffusers",
    "espnet",
    "exllamav2",
    "fastai",
    "fasttext",
    "flair",
    "flax",
    "gguf",
    "gliner",
    "jax",
    "joblib",
    "keras",
    "keras-hub",
    "litert",
    "llamafile",
    "mlx",
    "model2vec",
    "nemo",
    "onnx",
    "open_clip",
    "openvino",
    "paddlenlp",
    "paddlepaddle",
    "peft",
    "pyannote-audio",
    "pytorch",
    "rust",
    "safetensors",
    "sample-factory",
    "scikit-learn",
    "sentence-transformers",
    "setfit",
    "sklearn",
    "spacy",
    "span-marker",
    "speechbrain",
    "stable-baselines3",
    "stanza",
    "tensorboard",
    "tensorflowtts",
    "tf",
    "tf-keras",
    "tflite",
    "timm",
    "transformers",
    "transformers.js",
    "trl",
    "ultralytics",
    "unity-sentis",
    "vllm",
});

static_assert(std::ranges::is_sorted(kTasks) && std::ranges::is_sorted(kLibraries));

bool is_letter(char c) {
    return c >= 'a' && c <= 'z';
}

bool is_language(std::string_view tag) {
    return (tag.size() == 2 && std::ranges::all_of(tag, is_letter)) || tag == "multilingual";
}

// "license" of "license:mit"; empty for a colon that is none of a type's.
std::string_view prefix_of(std::string_view tag) {
    const auto prefix = tag.substr(0, std::min(tag.find(':'), tag.size()));
    const bool is_word =
        std::ranges::all_of(prefix, [](char c) { return is_letter(c) || c == '_'; });
    return prefix.size() < tag.size() && is_word ? prefix : std::string_view();
}

}  // namespace

std::string_view tag_type(std::string_view tag) {
    if (const auto prefix = prefix_of(tag); !prefix.empty()) return prefix;
    if (std::ranges::binary_search(kTasks, tag)) return "pipeline_tag";
    if (std::ranges::binary_search(kLibraries, tag)) return "library";
    return is_language(tag) ? "language" : "other";
}

std::string_view tag_label(std::string_view tag) {
    const auto prefix = prefix_of(tag);
    return prefix.empty() ? tag : tag.substr(prefix.size() + 1);
}

}  // namespace siahub::hub
