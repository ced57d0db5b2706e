// Transactions, blocks, receipts: validate, apply, seal.
