// SPDX-License-Identifier: Apache-2.0
#include "network.h"

#include <algorithm>
#include <cmath>

namespace {

constexpr float kMomentum = 0.9f;

}  // namespace

Sample draw_sample(std::mt19937& chance) {
    std::uniform_real_distribution<float> along(0.1f, 1.0f);
    std::normal_distribution<float> noise(0.0f, 0.05f);
    const int arm = static_cast<int>(chance() % kArms);
    const float radius = along(chance);
    const float angle = 3.0f * radius + 2.0944f * static_cast<float>(arm) + noise(chance);
    return {{radius * std::cos(angle), radius * std::sin(angle)}, arm};
}

Network::Network(std::size_t hidden) : hidden_(hidden) {
    weights_ = {{"in.weight", {hidden, 2}, std::vector<float>(hidden * 2)},
                {"in.bias", {hidden}, std::vector<float>(hidden)},
                {"out.weight", {kArms, hidden}, std::vector<float>(kArms * hidden)},
                {"out.bias", {kArms}, std::vector<float>(kArms)}};
    momentum_ = weights_;
    std::mt19937 chance(1);
    std::normal_distribution<float> normal;
    for (auto& value : weights_[0].values) value = 2.0f * normal(chance);
    for (auto& value : weights_[2].values) value = normal(chance) / std::sqrt(static_cast<float>(hidden));
}

/// Probabilities of the arms; leaves the hidden layer in `hidden`.
std::array<float, kArms> Network::forward(const Sample& sample, std::vector<float>& hidden) const {
    const auto &in = weights_[0].values, &in_bias = weights_[1].values, &out = weights_[2].values;
    for (std::size_t i = 0; i < hidden_; ++i)
        hidden[i] = std::tanh(in[2 * i] * sample.at[0] + in[2 * i + 1] * sample.at[1] + in_bias[i]);
    std::array<float, kArms> scores;
    for (std::size_t a = 0; a < kArms; ++a) {
        scores[a] = weights_[3].values[a];
        for (std::size_t i = 0; i < hidden_; ++i) scores[a] += out[a * hidden_ + i] * hidden[i];
    }
    const float most = *std::max_element(scores.begin(), scores.end());
    float sum = 0;
    for (auto& score : scores) sum += score = std::exp(score - most);
    for (auto& score : scores) score /= sum;
    return scores;
}

float Network::train(const std::vector<Sample>& batch, float rate) {
    std::vector<std::vector<float>> gradients;
    for (const auto& tensor : weights_) gradients.emplace_back(tensor.values.size());
    std::vector<float> hidden(hidden_);
    float loss = 0;
    for (const auto& sample : batch) {
        auto error = forward(sample, hidden);
        loss -= std::log(std::max(error[static_cast<std::size_t>(sample.arm)], 1e-9f));
        error[static_cast<std::size_t>(sample.arm)] -= 1;
        for (std::size_t i = 0; i < hidden_; ++i) {
            float back = 0;
            for (std::size_t a = 0; a < kArms; ++a) {
                back += error[a] * weights_[2].values[a * hidden_ + i];
                gradients[2][a * hidden_ + i] += error[a] * hidden[i];
            }
            back *= 1 - hidden[i] * hidden[i];
            gradients[0][2 * i] += back * sample.at[0];
            gradients[0][2 * i + 1] += back * sample.at[1];
            gradients[1][i] += back;
        }
        for (std::size_t a = 0; a < kArms; ++a) gradients[3][a] += error[a];
    }
    const float scale = 1.0f / static_cast<float>(batch.size());
    for (std::size_t t = 0; t < weights_.size(); ++t)
        for (std::size_t i = 0; i < gradients[t].size(); ++i) {
            auto& speed = momentum_[t].values[i];
            speed = kMomentum * speed - rate * scale * gradients[t][i];
            weights_[t].values[i] += speed;
        }
    return loss * scale;
}

float Network::accuracy(const std::vector<Sample>& samples) const {
    std::vector<float> hidden(hidden_);
    std::size_t right = 0;
    for (const auto& sample : samples) {
        const auto chances = forward(sample, hidden);
        right += std::max_element(chances.begin(), chances.end()) - chances.begin() == sample.arm;
    }
    return static_cast<float>(right) / static_cast<float>(samples.size());
}
