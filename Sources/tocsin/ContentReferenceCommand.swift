internal import ArgumentParser
internal import Foundation
internal import Server

/// `tocsin rule reference`: print docs/content.md.
struct ContentReferenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reference", abstract: "Print what rules and behaviours ship with Tocsin (docs/content.md).")

    func run() {
        Terminal.write(ContentReference(content: Home.folder.appending(path: "content")).text)
    }
}
