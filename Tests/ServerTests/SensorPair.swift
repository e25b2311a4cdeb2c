import Foundation
import TestSupport
import Testing

/// A hub on a port that stays the same over its restarts, and what a sensor needs to reach it.
struct SensorPair {
    let hubData: URL
    let sensorData: URL
    let port: String
    let environment: [String: String]

    /// - Parameter rules: Sigma rules that hub and sensor have besides the shipped ones, as a file's text.
    static func make(rules: String = "") async throws -> (SensorPair, RunningTocsin) {
        let rulesFolder = try RunningTocsin.temporaryFolder()
        try Data(rules.utf8).write(to: rulesFolder.appending(path: "rules.yml"))
        let given = ["TOCSIN_DETECTION_SIGMA_FOLDERS": rulesFolder.path]
        let hubData = try RunningTocsin.temporaryFolder()
        let hub = try await RunningTocsin(data: hubData, environment: given)
        let portal = try await PortalSession.signUp(hub)
        #expect(portal.isSignedIn)
        let made = try await Command.run([
            "token", "create", "branch", "--user", "ada", "--scope", "forwardAlerts", "--data", hubData.path,
        ])
        let token = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(token.hasPrefix("tocsin_"), "\(made.errors)")
        let pair = SensorPair(
            hubData: hubData, sensorData: try RunningTocsin.temporaryFolder(),
            port: String(hub.address.split(separator: ":").last ?? ""),
            environment: given.merging([
                "TOCSIN_SENSOR_HUB": hub.address, "TOCSIN_SENSOR_TOKEN": token, "TOCSIN_SENSOR_NAME": "branch",
            ]) { $1 })
        return (pair, hub)
    }

    /// The same hub with another sensor.
    func another(_ name: String) throws -> SensorPair {
        SensorPair(
            hubData: hubData, sensorData: try RunningTocsin.temporaryFolder(), port: port,
            environment: environment.merging(["TOCSIN_SENSOR_NAME": name]) { $1 })
    }

    func startSensor() async throws -> RunningTocsin {
        try await RunningTocsin(command: "sensor", data: sensorData, environment: environment)
    }

    func startHub() async throws -> RunningTocsin {
        try await RunningTocsin(data: hubData, environment: environment, arguments: ["--port", port])
    }
}
