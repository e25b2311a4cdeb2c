internal import Configuration
internal import Foundation

extension Settings {
    /// A sensor, where this installation is one.
    public struct Sensor: Sendable {
        /// The address of the hub, without a slash at its end.
        public var hub = ""
        /// A token of the hub that holds the scope `forwardAlerts`.
        public var token = ""
        /// The name under which the hub shows the sensor.
        public var name = ProcessInfo.processInfo.hostName
        /// The most that waits on disk while the hub is away.
        public var spoolMiB = 4096
        /// The most hits of Sigma rules that wait on disk for the hub's correlations.
        public var hitsMiB = 256
        /// A PEM file of certificate authorities to trust besides the system's.
        public var caFile: String?

        func check() throws {
            guard let scheme = URL(string: hub)?.scheme, ["http", "https"].contains(scheme) else {
                throw SettingsError(
                    message: "sensor.hub must be the address of the hub, such as https://hub.example.org:7700")
            }
            guard !token.isEmpty else {
                throw SettingsError(
                    message: "sensor.token must be a token of the hub: tocsin token create NAME --user USER "
                        + "--scope forwardAlerts")
            }
            guard spoolMiB > 0, hitsMiB > 0 else {
                throw SettingsError(message: "sensor.spoolMiB and sensor.hitsMiB must be above 0")
            }
        }
    }

    mutating func readSensor(_ reader: ConfigReader) {
        sensor.hub = reader.string(forKey: "sensor.hub", default: sensor.hub)
        while sensor.hub.hasSuffix("/") { sensor.hub.removeLast() }
        sensor.token = reader.string(forKey: "sensor.token", isSecret: true, default: sensor.token)
        sensor.name = reader.string(forKey: "sensor.name", default: sensor.name)
        sensor.spoolMiB = reader.int(forKey: "sensor.spoolMiB", default: sensor.spoolMiB)
        sensor.hitsMiB = reader.int(forKey: "sensor.hitsMiB", default: sensor.hitsMiB)
        sensor.caFile = reader.string(forKey: "sensor.caFile")
    }
}
