internal import Codec
internal import EVM
internal import Primitives

/// Reads the loose number forms of genesis files: hex with leading zeros, decimal text, numbers.
struct GenesisFields {
    let json: JSON
    let path: String

    func word(_ name: String) throws(GenesisError) -> UInt256? {
        guard let value = json[name], !value.isNull else { return nil }
        return try GenesisFields.word(value, path: path + name)
    }

    func uint64(_ name: String) throws(GenesisError) -> UInt64? {
        guard let word = try word(name) else { return nil }
        guard let number = word.asUInt64 else { throw .invalid(path + name, got: word.hexQuantity) }
        return number
    }

    func bytes(_ name: String) throws(GenesisError) -> [UInt8]? {
        guard let value = json[name], !value.isNull else { return nil }
        guard let text = value.string else { throw .invalid(path + name, got: "no text") }
        do {
            return text.hasPrefix("0x") ? try Hex.decodePrefixed(text) : try Hex.decode(text)
        } catch {
            throw .invalid(path + name, got: String(text.prefix(80)))
        }
    }

    func address(_ name: String) throws(GenesisError) -> Address? {
        guard let bytes = try bytes(name) else { return nil }
        guard bytes.count == Address.byteCount else {
            throw .invalid(path + name, got: "\(bytes.count) bytes")
        }
        return Address(bytes)
    }

    func object(_ name: String) throws(GenesisError) -> JSONObject? {
        guard let value = json[name], !value.isNull else { return nil }
        guard let object = value.object else { throw .invalid(path + name, got: "no object") }
        return object
    }

    func bool(_ name: String) throws(GenesisError) -> Bool? {
        guard let value = json[name], !value.isNull else { return nil }
        guard let bit = value.bool else { throw .invalid(path + name, got: "no truth value") }
        return bit
    }

    static func word(_ value: JSON, path: String) throws(GenesisError) -> UInt256 {
        switch value {
        case .number(let number):
            if let word = try? UInt256(decimal: number.text) { return word }
        case .string(let text):
            if text == "0x" { return .zero }
            if text.hasPrefix("0x"), let word = try? UInt256(hex: text) { return word }
            if let word = try? UInt256(decimal: text) { return word }
            // Storage keys and values of older files are 64 digits without a prefix.
            if text.utf8.count == 64, let word = try? UInt256(hex: "0x" + text) { return word }
        default:
            break
        }
        throw .invalid(path, got: "no number")
    }
}

extension ChainConfig {
    private static let blockForkNames: [(String, Revision)] = [
        ("homesteadBlock", .homestead), ("eip150Block", .tangerineWhistle),
        ("eip158Block", .spuriousDragon), ("byzantiumBlock", .byzantium),
        ("constantinopleBlock", .constantinople), ("petersburgBlock", .petersburg),
        ("istanbulBlock", .istanbul), ("berlinBlock", .berlin), ("londonBlock", .london),
    ]

    private static let timeForkNames: [(String, Revision)] = [
        ("shanghaiTime", .shanghai), ("cancunTime", .cancun), ("pragueTime", .prague),
        ("osakaTime", .osaka),
    ]

    private static let blobForkNames = [
        "cancun", "prague", "osaka", "bpo1", "bpo2", "bpo3", "bpo4", "bpo5",
    ]

    init(_ fields: GenesisFields) throws(GenesisError) {
        guard let chainID = try fields.uint64("chainId") else { throw .missing("config.chainId") }
        var blockForks: [(revision: Revision, number: UInt64)] = [(.frontier, 0)]
        for (name, revision) in ChainConfig.blockForkNames {
            guard let number = try fields.uint64(name) else { continue }
            guard number >= blockForks[blockForks.count - 1].number else {
                throw .forksOutOfOrder("config." + name)
            }
            blockForks.append((revision, number))
        }
        var timeForks: [(revision: Revision, time: UInt64)] = []
        for (name, revision) in ChainConfig.timeForkNames {
            guard let time = try fields.uint64(name) else { continue }
            guard time >= timeForks.last?.time ?? 0 else {
                throw .forksOutOfOrder("config." + name)
            }
            timeForks.append((revision, time))
        }
        // A member of another type would switch the natives off in silence.
        let own = GenesisFields(
            json: try fields.object("assay").map { .object($0) } ?? .null, path: "config.assay.")
        let terminal = try fields.word("terminalTotalDifficulty")
        self.init(
            chainID: chainID, blockForks: blockForks, timeForks: timeForks,
            isMergedAtGenesis: terminal == .zero,
            blobForks: try ChainConfig.blobForks(fields),
            depositContract: try fields.address("depositContractAddress"),
            hasNatives: try own.bool("natives") ?? false, token: try own.address("token"))
        terminalTotalDifficulty = terminal
        daoFork =
            try fields.bool("daoForkSupport") == true ? try fields.uint64("daoForkBlock") : nil
        for (name, delay) in ChainConfig.bombDelayNames {
            guard let number = try fields.uint64(name) else { continue }
            bombDelays.append(BombDelay(number: number, delay: delay))
        }
    }

    private static let bombDelayNames: [(String, UInt64)] = [
        ("byzantiumBlock", 3_000_000), ("constantinopleBlock", 5_000_000),
        ("muirGlacierBlock", 9_000_000), ("londonBlock", 9_700_000),
        ("arrowGlacierBlock", 10_700_000), ("grayGlacierBlock", 11_400_000),
    ]

    private static func blobForks(_ fields: GenesisFields) throws(GenesisError) -> [BlobFork] {
        var forks: [BlobFork] = []
        let schedules = try fields.object("blobSchedule")
        for name in blobForkNames {
            guard let time = try fields.uint64(name + "Time") else { continue }
            guard time >= forks.last?.time ?? 0 else {
                throw .forksOutOfOrder("config.\(name)Time")
            }
            if let entry = schedules?[name] {
                let values = GenesisFields(json: entry, path: "config.blobSchedule.\(name).")
                guard let target = try values.uint64("target"), let max = try values.uint64("max"),
                    let fraction = try values.uint64("baseFeeUpdateFraction"), fraction > 0
                else { throw .missing("config.blobSchedule.\(name)") }
                forks.append(
                    BlobFork(
                        time: time,
                        schedule: BlobSchedule(
                            target: target, max: max, baseFeeUpdateFraction: fraction)))
            } else if let known: BlobSchedule = name == "cancun"
                ? .cancun : name == "prague" ? .prague : forks.last?.schedule
            {
                forks.append(BlobFork(time: time, schedule: known))
            }
        }
        return forks
    }
}
