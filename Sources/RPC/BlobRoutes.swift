internal import Codec
internal import HTTP
internal import Primitives
internal import Store
internal import Synchronization

/// `PUT` and `GET /v1/blobs/{sha256}`: bytes in and out of the blob store, a piece at a time.
final class BlobRoutes: Sendable {
    private let blobs: BlobStore
    /// Uploads under way: each holds a chunk and a piece.
    fileprivate let uploads = Atomic(0)

    init(_ blobs: BlobStore) { self.blobs = blobs }

    private static func hash(_ text: Substring) throws(GatewayError) -> Hash {
        do { return try Hash(hex: text.hasPrefix("0x") ? String(text) : "0x" + text) } catch {
            throw .invalidRequest("a blob is named by its SHA-256 in hex: \(error)")
        }
    }

    // MARK: In

    /// How the body of a `PUT` is taken.
    func body(of name: Substring) -> HTTPBody {
        let route: UploadRoute
        do throws(GatewayError) {
            let hash = try BlobRoutes.hash(name)
            guard uploads.add(1, ordering: .relaxed).newValue <= Limits.blobUploads else {
                uploads.subtract(1, ordering: .relaxed)
                throw .unavailable("\(Limits.blobUploads) blobs are on their way; try again")
            }
            route = UploadRoute(blobs.upload(), as: hash, of: self)
        } catch {
            return .refused(error.response)
        }
        return .pieces(
            HTTPUpload(
                bytesMax: blobs.limits.blobBytesMax, take: route.take, finish: route.finish,
                close: route.close))
    }

    /// A `PUT` whose body came whole.
    func put(_ bytes: [UInt8], as name: Substring) throws(GatewayError) -> HTTPResponse {
        let hash = try BlobRoutes.hash(name)
        uploads.add(1, ordering: .relaxed)
        let route = UploadRoute(blobs.upload(), as: hash, of: self)
        defer { route.close() }
        return route.take(bytes) ?? route.finish()
    }

    // MARK: Out

    /// A blob, or with `Range: bytes=…` a part of it.
    ///
    /// Source: RFC 9110, sections 14.1.2 and 15.3.7. One range is honoured, of several none is.
    func get(_ request: HTTPRequest, _ name: Substring) throws(GatewayError) -> HTTPResponse {
        let hash = try BlobRoutes.hash(name)
        let found: StoredBlob?
        do { found = try blobs.open(hash) } catch { throw GatewayError(error) }
        guard let blob = found else { throw .notFound("the blob \(hash)") }
        var response: HTTPResponse
        switch ByteRange(request.header("Range"), of: blob.byteCount) {
        case .whole: response = try part(0..<blob.byteCount, of: blob, status: 200)
        case .part(let range):
            response = try part(range, of: blob, status: 206)
            let last = range.upperBound - 1
            response.headers.append(
                (
                    name: "Content-Range",
                    value: "bytes \(range.lowerBound)-\(last)/\(blob.byteCount)"
                ))
        case .notSatisfiable:
            response =
                GatewayError(
                    status: 416, code: "range_not_satisfiable",
                    message: "the blob has \(blob.byteCount) bytes"
                ).response
            response.headers.append((name: "Content-Range", value: "bytes */\(blob.byteCount)"))
            return response
        }
        response.headers += [
            (name: "Content-Type", value: "application/octet-stream"),
            (name: "Accept-Ranges", value: "bytes"), (name: "ETag", value: "\"\(hash.hex)\""),
            (name: "Cache-Control", value: "public, max-age=31536000, immutable"),
        ]
        return response
    }

    /// What fits a chunk is read before the status leaves; of more, the first chunk is. A chunk
    /// that is damaged later cuts the connection.
    private func part(
        _ range: Range<Int>, of blob: StoredBlob, status: Int
    ) throws(GatewayError) -> HTTPResponse {
        do throws(BlobError) {
            if range.count <= StoredBlob.chunkBytes {
                return HTTPResponse(status: status, body: try blob.bytes(range))
            }
            _ = try blob.chunk(range.lowerBound / StoredBlob.chunkBytes)
        } catch {
            throw GatewayError(error)
        }
        let stream = HTTPStream(byteCount: range.count) { offset, countMax in
            let start = range.lowerBound + offset
            let chunkEnd = (start / StoredBlob.chunkBytes + 1) * StoredBlob.chunkBytes
            let end = min(range.upperBound, chunkEnd, start + countMax)
            return try? blob.bytes(start..<end)
        }
        return HTTPResponse(status: status, stream: stream)
    }
}

/// One `PUT` from its header section to its answer.
private final class UploadRoute: Sendable {
    private let upload: BlobUpload
    private let hash: Hash
    private let routes: BlobRoutes
    private let isClosed = Atomic(false)

    init(_ upload: BlobUpload, as hash: Hash, of routes: BlobRoutes) {
        self.upload = upload
        self.hash = hash
        self.routes = routes
    }

    func take(_ bytes: [UInt8]) -> HTTPResponse? {
        do { try upload.append(bytes) } catch { return GatewayError(error).response }
        return nil
    }

    func finish() -> HTTPResponse {
        do { try upload.finish(expecting: hash) } catch { return GatewayError(error).response }
        return .json(201, (["sha256": .string(hash.hex)] as JSON).serialized)
    }

    func close() {
        guard !isClosed.exchange(true, ordering: .relaxed) else { return }
        upload.abandon()
        routes.uploads.subtract(1, ordering: .relaxed)
    }
}

/// What a `Range` header asks for.
enum ByteRange: Equatable {
    /// There is no such header, or one that a server may pass over.
    case whole
    case part(Range<Int>)
    case notSatisfiable

    init(_ header: String?, of byteCount: Int) {
        guard let header, header.hasPrefix("bytes=") else {
            self = .whole
            return
        }
        let ends = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = ByteRange.number(ends[0]),
            let last = ByteRange.number(ends[1]), !(ends[0].isEmpty && ends[1].isEmpty)
        else {
            self = .whole
            return
        }
        let range: Range<Int>
        if let first {
            // A range whose end is before its start is none.
            if let last, last < first {
                self = .whole
                return
            }
            let end = last.map { $0 < byteCount ? $0 + 1 : byteCount } ?? byteCount
            range = min(first, end)..<end
        } else {
            range = byteCount - min(byteCount, last ?? 0)..<byteCount
        }
        self = range.isEmpty ? .notSatisfiable : .part(range)
    }

    /// The number in decimal digits, nil for none, and nil as a whole for other text.
    private static func number(_ text: Substring) -> Int?? {
        if text.isEmpty { return .some(nil) }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        // One too large for Int lies behind every end.
        return .some(Int(text) ?? .max)
    }
}

extension GatewayError {
    init(_ error: BlobError) {
        switch error {
        case .tooLarge:
            self.init(status: 413, code: "blob_too_large", message: "\(error)")
        case .full: self.init(status: 507, code: "blobs_full", message: "\(error)")
        case .wrongHash(let expected, let got):
            self = .invalidRequest("the body's SHA-256 is \(got), not \(expected)")
        case .damaged, .damagedChunk:
            self.init(status: 503, code: "blob_damaged", message: "\(error)")
        case .uploadIsOver, .store: self = .unavailable("\(error)")
        }
    }
}
