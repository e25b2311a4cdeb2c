public import Foundation
internal import JSON

/// How to reach the server that has a data folder open: its address and the operator's token, in a file that only the
/// owner may read.
public struct RunningServer: Sendable {
    public let address: String
    public let token: String
    let processID: Int32

    private static let fileName = "server.json"

    /// The server that has `dataFolder` open, if its process is alive.
    public static func read(_ dataFolder: URL) -> RunningServer? {
        guard let data = FileManager.default.contents(atPath: dataFolder.appending(path: fileName).path),
            // A file that cannot be read was left half-written by a crash: no server runs.
            let json = try? JSON(parsing: data), let address = json["address"]?.stringValue,
            let token = json["token"]?.stringValue, let processID = json["pid"]?.intValue
        else { return nil }
        let server = RunningServer(address: address, token: token, processID: Int32(clamping: processID))
        return server.isAlive ? server : nil
    }

    private var isAlive: Bool { kill(processID, 0) == 0 || errno == EPERM }

    /// Writes the file, readable by the owner only.
    func write(to dataFolder: URL) throws {
        let text = JSON.object([
            "address": .string(address), "token": .string(token), "pid": .int(Int64(processID)),
        ]).description
        let path = dataFolder.appending(path: RunningServer.fileName).path
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw SettingsError(message: "\(path) cannot be written; check the permissions of the data folder") }
    }

    static func remove(from dataFolder: URL) {
        // Gone already is as good.
        try? FileManager.default.removeItem(at: dataFolder.appending(path: fileName))
    }
}
