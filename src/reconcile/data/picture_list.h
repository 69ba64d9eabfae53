#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "reconcile/base/rng.h"
#include "reconcile/data/sample_set.h"

namespace reconcile {

/// A picture and its class.
struct LabelledPicture {
  std::filesystem::path path;
  int64_t label = 0;
};
using PictureList = std::vector<LabelledPicture>;
/// Training, validation and test pictures.
using PictureSplits = std::array<PictureList, 3>;

/// The pictures in the class folders of `folder`, labels by sorted name; 60, 20 and 20 % of every class, chosen by
/// `stream`. DataError unless there are `num_classes` such folders, each with pictures.
PictureSplits split_class_folders(const std::filesystem::path& folder, int64_t num_classes, const Rng& stream);

/// A list of lines `<domain>/<path> <label>`: paths below `folder`, the folder of the domain, whatever the list calls
/// it. Blanks inside paths, empty lines, CRLF and a last line without end are all right. DataError with the line's
/// number for a line of another form, a label outside 0 ... num_classes - 1, or a file that is not there, or
/// not inside the folder.
PictureList read_picture_list(const std::filesystem::path& list, const std::filesystem::path& folder,
                              int64_t num_classes);

/// The pictures as inputs [3, height, width], resized (antialiased); gray ones have three equal channels.
Column picture_column(const PictureList& pictures, int64_t height, int64_t width);
/// Their classes.
Column label_column(const PictureList& pictures);

}  // namespace reconcile
