// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

/// A point of the plane and the arm of the spiral on which it lies.
struct Sample {
    std::array<float, 2> at;
    int arm;
};
inline constexpr int kArms = 3;
Sample draw_sample(std::mt19937& chance);

/// Numbers with a name and a shape, as files of weights keep them.
struct Tensor {
    std::string name;
    std::vector<std::size_t> shape;
    std::vector<float> values;
};

/// Two layers, tanh between them, trained by stochastic gradient descent with momentum.
class Network {
public:
    explicit Network(std::size_t hidden);

    /// One step of descent. Gives the mean loss of the batch before it.
    float train(const std::vector<Sample>& batch, float rate);
    float accuracy(const std::vector<Sample>& samples) const;

    std::vector<Tensor>& weights() { return weights_; }
    std::vector<Tensor>& momentum() { return momentum_; }

private:
    std::array<float, kArms> forward(const Sample& sample, std::vector<float>& hidden) const;

    std::size_t hidden_;
    std::vector<Tensor> weights_;   // in.weight [hidden, 2], in.bias [hidden], out.weight [arms, hidden], out.bias [arms]
    std::vector<Tensor> momentum_;  // of the same shapes
};
