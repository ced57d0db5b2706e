// Makes proofs that `Proofs` verifies: witnesses, openings, sumchecks.
//
// This target may use threads, through `Workers` only; any number of workers gives equal bytes.
