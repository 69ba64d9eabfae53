// What aggregation costs on its own, rows given, one measurement a request:
//   gramian, combine           a pass over the rows        {ms, bytes}
//   aggregate NAME             all of it                   {ms, bytes}: one reading for the Gramian, one to combine
//   aggregators                names of all                [name ...]
//   and what worker.h answers
// usage: bench_aggregate P TASKS THREADS

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "reconcile/base/error.h"
#include "reconcile/catalog/catalog.h"
#include "worker.h"

namespace reconcile::bench {
namespace {

/// Random rows over twenty layers of equal size.
TaskGradients random_rows(int64_t num_parameters, int64_t num_tasks) {
  ParamLayout layout;
  for (int64_t i = 0; i < 20; ++i) {
    layout.add_layer(fmt::format("layer{}", i));
    layout.add_parameter("weight", num_parameters * (i + 1) / 20 - num_parameters * i / 20);
  }
  TaskGradients gradients(std::move(layout), at::randn({num_tasks, num_parameters}));
  gradients.losses.assign(static_cast<size_t>(num_tasks), 1.0);
  return gradients;
}

class AggregateBench {
 public:
  AggregateBench(int64_t num_parameters, int64_t num_tasks)
      : gradients_(random_rows(num_parameters, num_tasks)),
        direction_(at::empty({num_parameters})),
        row_bytes_(static_cast<double>(gradients_.rows().nbytes())) {}

  Json answer(const std::string& request) {
    if (Json common = answer_common(request); !common.is_null()) return common;
    if (request == "aggregators") return names();
    if (request == "gramian") return gramian();
    if (request == "combine") return combine();
    if (request.starts_with("aggregate ")) return aggregate(request.substr(10));
    fail<InvalidArgument>("no request \"{}\": gramian, combine, aggregators or aggregate NAME.", request);
  }

 private:
  static Json names() {
    Json result = Json::array();
    for (const auto& entry : aggregators()) result.push_back(entry.info.name);
    return result;
  }

  Json gramian() {
    const double ms = repeated_milliseconds([&] {
      gradients_.changed();
      (void)gradients_.gramian();
    });
    return {{"ms", ms}, {"bytes", row_bytes_}};
  }

  Json combine() {
    const std::vector<double> weights(static_cast<size_t>(gradients_.num_tasks()), 0.5);
    return {{"ms", repeated_milliseconds([&] { gradients_.combine(weights, direction_); })},
            {"bytes", row_bytes_ + static_cast<double>(direction_.nbytes())}};
  }

  Json aggregate(const std::string& name) {
    const auto aggregator = make_aggregator(name);
    gradients_.independent.assign(static_cast<size_t>(aggregator->batches_per_step() - 1), gradients_.rows());
    Rng rng(1);
    const auto call = [&] {
      gradients_.changed();
      (*aggregator)(gradients_, rng, direction_);
    };
    call();  // memory is made in the first
    return {{"ms", repeated_milliseconds(call)}, {"bytes", 2 * row_bytes_ + static_cast<double>(direction_.nbytes())}};
  }

  TaskGradients gradients_;
  at::Tensor direction_;
  double row_bytes_;
};

}  // namespace
}  // namespace reconcile::bench

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: bench_aggregate P TASKS THREADS\nRequests come on stdin: \"aggregate mgda\" ...\n");
    return 2;
  }
  using namespace reconcile::bench;
  prepare_process(std::atoi(argv[3]));
  AggregateBench bench(std::atol(argv[1]), std::atol(argv[2]));
  return serve([&](const std::string& request) { return bench.answer(request); });
}
