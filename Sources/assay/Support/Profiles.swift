internal import CProfiles
internal import Files
internal import Ledger

/// Files that the program carries with it.
enum Profiles {
    static let names = ["dev", "base-sepolia", "opengradient"]

    /// The genesis of a profile, or of a file when the text is no profile's name.
    static func genesis(_ text: String) throws -> Genesis {
        let bytes: [UInt8]
        switch text {
        case "dev": bytes = unsafe contents(assay_genesis_dev())
        case "base-sepolia": bytes = unsafe contents(assay_genesis_base_sepolia())
        case "opengradient": bytes = unsafe contents(assay_genesis_opengradient())
        default:
            do { bytes = try Files.read(text, bytesMax: 256 << 20) } catch {
                throw Failure(
                    "--genesis \(text) is not there", why: "\(error)",
                    remedy: "give a file or one of \(names.joined(separator: ", "))")
            }
        }
        do { return try Genesis(parsing: bytes) } catch {
            throw Failure(
                "the genesis \(text) is not valid", why: "\(error)",
                remedy: "compare it with genesis/dev.json")
        }
    }

    static var demoModel: [UInt8] { unsafe contents(assay_demo_model()) }
    static var demoCalibration: [UInt8] { unsafe contents(assay_demo_calibration()) }
    static var demoInput: [UInt8] { unsafe contents(assay_demo_input()) }

    private static func contents(_ file: assay_file) -> [UInt8] {
        unsafe Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
    }
}
