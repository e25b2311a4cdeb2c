import Foundation
import JSON
import TestSupport
import Testing

/// The program on a pseudo-terminal, driven as a person would: wait for a text, type, and so on.
struct TerminalSession {
    struct Step {
        /// What must appear before something is typed.
        let expect: String
        /// What is typed then.
        let type: String
    }

    let transcript: String
    /// Seconds from each typing to the appearance of what the next step waits for.
    let seconds: [Double]
    let status: Int

    static func run(
        _ arguments: [String], environment: [String: String] = [:], columns: Int = 100, _ steps: [Step]
    ) async throws -> TerminalSession {
        let conversation = JSON.object([
            "program": .array(([RunningTocsin.program.path] + arguments).map { .string($0) }),
            "columns": .int(Int64(columns)),
            "steps": .array(steps.map { [.string($0.expect), .string($0.type)] }),
        ])
        let result = try await Command.run(
            URL(filePath: "/usr/bin/python3"), ["-c", Self.driver],
            environment: ["LC_ALL": "C.UTF-8", "TERM": "xterm"].merging(environment) { $1 },
            input: conversation.description)
        let json = try JSON(parsing: result.output.isEmpty ? "null" : result.output)
        let transcript = json["transcript"]?.stringValue ?? result.errors
        return TerminalSession(
            transcript: transcript, seconds: (json["seconds"]?.arrayValue ?? []).map { $0.doubleValue ?? 0 },
            status: Int(json["status"]?.intValue ?? -1))
    }

    private static let driver = """
        import fcntl, json, os, pty, select, struct, sys, termios, time
        talk = json.load(sys.stdin)
        child, terminal = pty.fork()
        if child == 0:
            os.execv(talk["program"][0], talk["program"])
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, talk["columns"], 0, 0))
        seen, position, seconds = b"", 0, []
        def read(until, deadline):
            global seen
            while until is None or until not in seen[position:]:
                left = deadline - time.time()
                if left <= 0: return False
                if select.select([terminal], [], [], left)[0]:
                    try: piece = os.read(terminal, 65536)
                    except OSError: return False
                    if not piece: return False
                    seen += piece
            return True
        for expect, typed in talk["steps"]:
            start = time.time()
            if not read(expect.encode(), start + 60):
                break
            seconds.append(time.time() - start)
            position = seen.index(expect.encode(), position) + len(expect.encode())
            os.write(terminal, typed.encode())
        read(None, time.time() + 20)
        try: status = os.waitstatus_to_exitcode(os.waitpid(child, os.WNOHANG)[1])
        except ChildProcessError: status = -1
        try: os.kill(child, 9)
        except ProcessLookupError: pass
        print(json.dumps({"transcript": seen.decode(errors="replace"), "seconds": seconds, "status": status}))
        """
}
