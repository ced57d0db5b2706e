public import Primitives

/// Base fee and blob fee arithmetic.
public enum FeeMarket {
    /// Wei: the base fee of the first London block (EIP-1559).
    public static let initialBaseFee = UInt256(1_000_000_000 as UInt64)
    /// Gas of one blob (EIP-4844).
    public static let gasPerBlob: UInt64 = 131_072

    private static let elasticity: UInt64 = 2
    private static let changeDenominator = UInt256(8 as UInt64)

    /// The base fee of the block after one with these figures (EIP-1559).
    public static func nextBaseFee(
        baseFee: UInt256, gasUsed: UInt64, gasLimit: UInt64
    ) -> UInt256 {
        let target = gasLimit / elasticity
        guard target > 0, gasUsed != target else { return baseFee }
        if gasUsed > target {
            let change =
                baseFee * UInt256(gasUsed - target) / UInt256(target) / changeDenominator
            return baseFee + max(change, 1)
        }
        let change = baseFee * UInt256(target - gasUsed) / UInt256(target) / changeDenominator
        return baseFee > change ? baseFee - change : .zero
    }

    /// Wei for one blob gas (EIP-4844, `fake_exponential`).
    public static func blobBaseFee(excess: UInt64, fraction: UInt64) -> UInt256 {
        let denominator = UInt256(fraction)
        let numerator = UInt256(excess)
        var sum = UInt256.zero
        var term = denominator
        var step: UInt64 = 1
        while !term.isZero {
            let (total, overflow) = sum.addingReportingOverflow(term)
            guard !overflow else { return .max }
            sum = total
            let (product, tooBig) = term.multipliedReportingOverflow(by: numerator)
            guard !tooBig else { return .max }
            term = product / (denominator * UInt256(step))
            step += 1
        }
        return sum / denominator
    }

    /// Excess blob gas of a block from its parent's figures.
    ///
    /// - Parameter reservePrice: EIP-7918 from Osaka on: while execution is dearer than blobs, the
    ///   excess does not fall. Nil before.
    public static func excessBlobGas(
        parentExcess: UInt64, parentUsed: UInt64, schedule: ChainConfig.BlobSchedule,
        reservePrice parentBaseFee: UInt256?
    ) -> UInt64 {
        let target = schedule.target * gasPerBlob
        let sum = parentExcess + parentUsed
        guard sum >= target else { return 0 }
        if let parentBaseFee {
            let blobFee = blobBaseFee(
                excess: parentExcess, fraction: schedule.baseFeeUpdateFraction)
            // BLOB_BASE_COST is 2¹³ gas.
            let (blobCost, overflow) =
                blobFee.multipliedReportingOverflow(by: UInt256(gasPerBlob))
            let (reserve, _) = parentBaseFee.multipliedReportingOverflow(by: 8192)
            if !overflow, reserve > blobCost {
                let spare = schedule.max - schedule.target
                return parentExcess + parentUsed * spare / schedule.max
            }
        }
        return sum - target
    }
}
