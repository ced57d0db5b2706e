internal import Codec

/// Bounds of the fixtures that are read: the largest published ones, with room.
enum FixtureLimits {
    static let json = JSONLimits(
        bytesMax: 512 << 20, depthMax: 128, itemsMax: 20_000_000)
}
