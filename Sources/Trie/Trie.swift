// Merkle-Patricia root, proof and verification over any node source.
