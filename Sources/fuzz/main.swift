internal import Arguments
internal import Glibc

exit(runFuzz(Array(CommandLine.arguments.dropFirst())))
