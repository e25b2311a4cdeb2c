internal import Logging
internal import ServiceLifecycle

/// Something that runs until the server stops: a journal reader, the rule runner, a listener.
struct Loop: Service {
    let name: String
    let logger: Logger
    let body: @Sendable () async throws -> Void

    /// Runs the loop; when it fails it is started anew after a pause that grows from one second to a minute, so that a passing
    /// fault (a full disk, a locked file) does not take the server down.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            var pause = 1
            while !Task.isCancelled {
                do {
                    try await body()
                    if !Task.isCancelled { pause = 1 }
                } catch is CancellationError {
                    return
                } catch {
                    logger.error(
                        "stopped by an error, starts again", metadata: ["loop": "\(name)", "error": "\(error)"])
                }
                do {
                    try await Task.sleep(for: .seconds(pause))
                } catch {
                    return
                }
                pause = min(pause * 2, 60)
            }
        }
    }
}
