internal import Glibc

exit(runAssay(Array(CommandLine.arguments.dropFirst())))
