// Model records: owner, weights hash, price, version.
