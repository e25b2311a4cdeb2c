public import Chronology
public import Collection
internal import Configuration

extension Settings {
    /// When a log source counts as silent or unreadable.
    public struct Health: Sendable {
        /// No silence is shorter than this.
        public var leastSilence = TimeSpan.minutes(15)
        /// How many times its usual interval a source may be silent.
        public var silenceFactor = 3.0
        /// How often sources must speak, whatever they usually do.
        public var expectations: [SourceExpectation] = []
        /// Dead letters within five minutes that make a burst, and their share of what comes in.
        public var leastFailures = 100
        public var failureShare = 0.2

        /// A ledger that judges by these settings.
        func ledger() -> SourceLedger {
            var rhythm = SourceRhythm.Policy()
            rhythm.least = leastSilence
            rhythm.factor = silenceFactor
            var failures = FailureWatch.Policy()
            failures.leastFailures = leastFailures
            failures.share = failureShare
            return SourceLedger(policy: rhythm, failures: failures, expectations: expectations)
        }
    }

    mutating func readHealth(_ reader: ConfigReader, path: String) throws {
        let minutes = health.leastSilence.seconds / 60
        health.leastSilence = .seconds(60 * reader.double(forKey: "health.silentMinutes", default: minutes))
        health.silenceFactor = reader.double(forKey: "health.silentFactor", default: health.silenceFactor)
        health.leastFailures = reader.int(forKey: "health.deadLetters", default: health.leastFailures)
        health.failureShare = reader.double(forKey: "health.deadLetterShare", default: health.failureShare)
        health.expectations = try reader.stringArray(forKey: "health.expected", default: []).map { text in
            guard let expectation = SourceExpectation(text) else {
                throw SettingsError(
                    message: "\(path): health.expected holds '\(text)'; write a pattern and minutes like "
                        + "'syslog udp*/fw-01=10'")
            }
            return expectation
        }
    }
}
