// SPDX-License-Identifier: Apache-2.0
// Trains a small network to tell the arms of a spiral apart, writes checkpoints, and pushes them while it goes on.
//
//   HF_ENDPOINT=http://127.0.0.1:8080 HF_TOKEN=hf_… train acme/spiral ./run [--steps 400] [--every 100] [--hidden 64] [--all]
//
// Started again with the same folder it goes on: the training with the newest checkpoint there, the pushing with what had
// not been pushed.
#include <mirfa/card.h>
#include <mirfa/training_push.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "network.h"
#include "safetensors.h"

namespace {

namespace fs = std::filesystem;
using namespace mirfa::client;

constexpr std::size_t kBatch = 32;
constexpr float kLearningRate = 0.02f;

struct Words {
    std::string repo;
    fs::path folder;
    std::uint64_t steps = 400, every = 100;
    std::size_t hidden = 64;
    bool all = false;
};

std::optional<Words> read_words(int count, char** words) {
    if (count < 3) return std::nullopt;
    Words read{words[1], words[2]};
    for (int i = 3; i < count; ++i) {
        const std::string_view word = words[i];
        if (word == "--all") {
            read.all = true;
            continue;
        }
        const auto number = ++i < count ? std::strtoull(words[i], nullptr, 10) : 0;
        if (number == 0) return std::nullopt;
        if (word == "--steps") read.steps = number;
        if (word == "--every") read.every = number;
        if (word == "--hidden") read.hidden = number;
    }
    return read;
}

fs::path checkpoint_of(const fs::path& folder, std::uint64_t step) { return folder / ("checkpoint-" + std::to_string(step)); }

/// Written aside and renamed, so that a folder with this name is always complete.
bool save(const fs::path& folder, std::uint64_t step, Network& network) {
    const fs::path aside = folder / ("tmp-" + std::to_string(step));
    fs::remove_all(aside);
    fs::create_directories(aside);
    const bool good = write_safetensors(aside / "model.safetensors", network.weights()) &&
                      write_safetensors(aside / "optimizer.safetensors", network.momentum());
    std::ofstream(aside / "config.json") << "{\"model_type\": \"spiral\", \"hidden_size\": " << network.weights()[1].values.size()
                                         << "}\n";
    fs::remove_all(checkpoint_of(folder, step));
    std::error_code failed;
    if (good) fs::rename(aside, checkpoint_of(folder, step), failed);
    return good && !failed;
}

/// Gives the step of the newest checkpoint, which is loaded, or 0.
std::uint64_t load_newest(const fs::path& folder, Network& network) {
    constexpr std::string_view kPrefix = "checkpoint-";
    std::uint64_t newest = 0;
    for (const auto& entry : fs::directory_iterator(folder))
        if (const auto name = entry.path().filename().string(); name.starts_with(kPrefix))
            newest = std::max<std::uint64_t>(newest, std::strtoull(name.c_str() + kPrefix.size(), nullptr, 10));
    if (newest == 0) return 0;
    const auto from = checkpoint_of(folder, newest);
    if (read_safetensors(from / "model.safetensors", network.weights()) &&
        read_safetensors(from / "optimizer.safetensors", network.momentum()))
        return newest;
    std::fprintf(stderr, "%s cannot be read; the training begins anew.\n", from.c_str());
    return 0;
}

std::vector<Sample> samples(std::uint64_t seed, std::size_t count) {
    std::mt19937 chance(static_cast<std::mt19937::result_type>(seed));
    std::vector<Sample> drawn;
    for (std::size_t i = 0; i < count; ++i) drawn.push_back(draw_sample(chance));
    return drawn;
}

/// What only a person knows is said here; the rest is what the training knows.
Outcome<std::string> card(const Words& words, float accuracy) {
    mirfa::card::CardFacts facts;
    facts.repository = words.repo;
    facts.name = "spiral";
    facts.summary = "Two layers that tell the arms of a spiral apart, trained by an example of Mirfa.";
    facts.licenses = {"apache-2.0"};
    facts.task = "tabular-classification";
    facts.tags = {"spiral"};
    facts.hyper_parameters = {{"steps", std::to_string(words.steps)},
                              {"batch_size", std::to_string(kBatch)},
                              {"learning_rate", std::to_string(kLearningRate)},
                              {"hidden_size", std::to_string(words.hidden)}};
    facts.scores = {{"accuracy", std::round(accuracy * 1e4) / 1e4, "", "spiral", "Generated spiral", "", "test"}};
    facts.versions = {{"C++ compiler", __VERSION__}};
    return make_card(facts);
}

/// Lines for whoever watches; the program's tests read them.
void show(const PushEvent& event) {
    const auto step = static_cast<unsigned long long>(event.step);
    switch (event.kind) {
        case PushEvent::Kind::kPushed: std::printf("pushed %llu %s\n", step, event.uploaded.commit.c_str()); break;
        case PushEvent::Kind::kReplaced: std::printf("replaced %llu\n", step); break;
        case PushEvent::Kind::kLater: std::printf("later %llu %s\n", step, event.failure.message.c_str()); break;
        case PushEvent::Kind::kDropped: std::printf("dropped %llu %s\n", step, event.failure.message.c_str()); break;
        case PushEvent::Kind::kCardRefused: std::printf("card refused: %s\n", event.failure.message.c_str()); break;
    }
    std::fflush(stdout);
}

int failed(const Failure& failure) {
    std::fprintf(stderr, "%s\n", failure.message.c_str());
    return 1;
}

Outcome<TrainingPush> start_pushing(const Words& words) {
    const auto client = Client::open(Settings::from_environment());
    if (!client) return client.failure();
    const auto repo = make_repo_id(RepoType::kModel, words.repo);
    if (!repo) return repo.failure();
    TrainingPushOptions options;
    options.state_folder = words.folder / ".mirfa";
    options.layout = words.all ? CheckpointLayout::kAllCheckpoints : CheckpointLayout::kLastCheckpoint;
    options.on_event = show;
    return TrainingPush::start(*client, *repo, options);
}

bool announce(TrainingPush& push, const Words& words, std::uint64_t step) {
    const auto taken = push.announce({step, checkpoint_of(words.folder, step), "", ""});
    if (taken) {
        std::printf("announced %llu\n", static_cast<unsigned long long>(step));
        std::fflush(stdout);
        return true;
    }
    failed(taken.failure());  // a training does not end for this
    return false;
}

int train(const Words& words) {
    fs::create_directories(words.folder);
    auto push = start_pushing(words);
    if (!push) return failed(push.failure());
    Network network(words.hidden);
    std::uint64_t step = load_newest(words.folder, network);
    // It may have been written and not announced any more. What is on the hub already makes no second commit.
    if (step > 0) announce(*push, words, step);
    while (step < words.steps) {
        ++step;
        const float loss = network.train(samples(step, kBatch), kLearningRate);
        if (step % words.every != 0 && step != words.steps) continue;
        std::printf("step %llu loss %.4f\n", static_cast<unsigned long long>(step), static_cast<double>(loss));
        if (!save(words.folder, step, network)) return std::fputs("A checkpoint cannot be written.\n", stderr), 1;
        announce(*push, words, step);
    }
    const float accuracy = network.accuracy(samples(0, 500));
    std::printf("accuracy %.4f\n", static_cast<double>(accuracy));
    const auto readme = card(words, accuracy);
    if (!readme) failed(readme.failure());  // the weights go without it
    const auto end = push->finish(std::chrono::minutes(10), {step, checkpoint_of(words.folder, step), readme ? *readme : ""});
    if (!end) return failed(end.failure());
    std::printf("done %s\n", end->commit.c_str());
    return 0;
}

}  // namespace

int main(int count, char** words) {
    if (const auto read = read_words(count, words)) return train(*read);
    std::fputs("train OWNER/NAME FOLDER [--steps N] [--every N] [--hidden N] [--all]\n", stderr);
    return 2;
}
