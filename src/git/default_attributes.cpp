#include "git/default_attributes.hpp"

#include <string_view>

namespace siahub::git {
namespace {

constexpr std::string_view kModelPatterns[] = {
    "*.7z",          "*.arrow",
    "*.bin",         "*.bz2",
    "*.ckpt",        "*.ftz",
    "*.gz",          "*.h5",
    "*.joblib",      "*.lfs.*",
    "*.mlmodel",     "*.model",
    "*.msgpack",     "*.npy",
    "*.npz",         "*.onnx",
    "*.ot",          "*.parquet",
    "*.pb",          "*.pickle",
    "*.pkl",         "*.pt",
    "*.pth",         "*.rar",
    "*.safetensors", "saved_model/**/*",
    "*.tar.*",       "*.tar",
    "*.tflite",      "*.tgz",
    "*.wasm",        "*.xz",
    "*.zip",         "*.zst",
    "*tfevents*",
};
constexpr std::string_view kDatasetPatterns[] = {
    "*.lz4", "*.mds", "*.pcm", "*.sam",  "*.raw", "*.aac",  "*.flac", "*.mp3", "*.ogg",  "*.wav",
    "*.bmp", "*.gif", "*.png", "*.tiff", "*.jpg", "*.jpeg", "*.webp", "*.mp4", "*.webm",
};

void add_lines(std::string& out, auto& patterns) {
    for (const auto pattern : patterns) {
        out += pattern;
        out += " filter=lfs diff=lfs merge=lfs -text\n";
    }
}

}  // namespace

std::string default_model_attributes() {
    std::string out;
    add_lines(out, kModelPatterns);
    return out;
}

std::string default_dataset_attributes() {
    auto out = default_model_attributes();
    add_lines(out, kDatasetPatterns);
    return out;
}

}  // namespace siahub::git
