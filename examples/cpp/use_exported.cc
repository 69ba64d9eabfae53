// Runs a network that `reconcile export --format torchscript` wrote, with LibTorch alone.

#include <torch/script.h>

#include <iostream>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: use_exported net.pt\n";
    return 2;
  }
  // [begin readme]
  torch::jit::Module network = torch::jit::load(argv[1]);
  const at::Tensor images = at::rand({5, 1, 36, 36});  // any number of images of the size that the network reads
  const c10::IValue outputs = network.forward({images});
  for (const c10::IValue& task : outputs.toTupleRef().elements()) {
    std::cout << task.toTensor().sizes() << '\n';  // one prediction a task, in the order of --tasks
  }
  // [end readme]
}
