// Key-value stores: LevelDB and in memory.
