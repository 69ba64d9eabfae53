#pragma once

namespace reconcile::tool {

/// From now on a mapped file that is cut short, or whose disk fails, while it is read ends the program with a message
/// that names it and the exit code of damaged data, not with SIGBUS.
void name_lost_files();

}  // namespace reconcile::tool
