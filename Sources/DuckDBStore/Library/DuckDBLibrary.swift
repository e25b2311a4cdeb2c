import CDuckDB
public import EventStore
import Foundation
import Synchronization

/// The DuckDB library, found and loaded at run time.
///
/// SAFETY: the table of functions is immutable once loaded and never unloaded, and DuckDB's functions may be called from
/// any thread.
public struct DuckDBLibrary: @unchecked Sendable {
    let functions: UnsafePointer<CDuckDBFunctions>
    /// The file it was loaded from.
    public let path: String

    /// DuckDB's version, such as `v2.0.0`.
    public var version: String { String(cString: functions.pointee.library_version()) }

    /// Loads the library from the first of these places that has it: the file named by `TOCSIN_DUCKDB_LIBRARY`, the
    /// system's library path, and the given directories (those of the project's `.deps/duckdb`), which hold either
    /// `libduckdb.so` or the extension module of the Python wheel (`_duckdb.cpython-….so`).
    ///
    /// Loading happens once per path and process. Throws `engineMissing` with the remedy.
    public static func load(
        environment: [String: String], directories: [String] = []
    ) throws(EventStoreError) -> DuckDBLibrary {
        if let path = environment["TOCSIN_DUCKDB_LIBRARY"], !path.isEmpty {
            switch open(path) {
            case .success(let library): return library
            case .failure(let fault):
                throw EventStoreError(
                    .engineMissing, "TOCSIN_DUCKDB_LIBRARY names \(path), which cannot be loaded: \(fault.reason).")
            }
        }
        var reasons: [String] = []
        for path in [systemName] + directories.flatMap(files) {
            switch open(path) {
            case .success(let library): return library
            case .failure(let fault) where path != systemName: reasons.append(fault.reason)
            case .failure: continue
            }
        }
        let found = reasons.isEmpty ? "" : " What was found cannot be loaded: \(reasons.joined(separator: "; "))."
        throw EventStoreError(
            .engineMissing,
            "The DuckDB library was not found: run scripts/bootstrap or set TOCSIN_DUCKDB_LIBRARY to a libduckdb.\(found)"
        )
    }

    #if os(macOS)
        private static let systemName = "libduckdb.dylib"
    #else
        private static let systemName = "libduckdb.so"
    #endif

    /// The files in a directory that may be the library, the plain library first.
    private static func files(in directory: String) -> [String] {
        // A directory that cannot be listed offers nothing; that is what the caller reports.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let plain = names.filter { $0 == systemName }
        let modules = names.filter { $0.hasPrefix("_duckdb.") && $0.hasSuffix(".so") }.sorted()
        return (plain + modules).map { directory + "/" + $0 }
    }

    private struct Fault: Error {
        let reason: String
    }

    private static let loaded = Mutex<[String: DuckDBLibrary]>([:])

    private static func open(_ path: String) -> Result<DuckDBLibrary, Fault> {
        loaded.withLock { loaded in
            if let library = loaded[path] { return .success(library) }
            var reason = [CChar](repeating: 0, count: 1024)
            guard let functions = cduckdb_load(path, &reason, reason.count) else {
                let text = String(decoding: reason.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
                return .failure(Fault(reason: text))
            }
            let library = DuckDBLibrary(functions: functions, path: path)
            loaded[path] = library
            return .success(library)
        }
    }
}
