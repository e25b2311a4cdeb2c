/// A text with places where lines may break; groups break as a whole when they do not fit.
struct Layout: Sendable {
    indirect enum Kind: Sendable {
        case text(String)
        /// A blank, or a new line in a broken group.
        case line
        /// Nothing, or a new line in a broken group.
        case softline
        case hardline
        case nest(Layout)
        case group(Layout)
        case concat([Layout])
        /// Items separated by blanks, each on the current line if it fits there.
        case fill([Layout])
    }

    var kind: Kind
    /// True when it holds a hard line, so that groups around it break.
    var mustBreak: Bool

    private init(_ kind: Kind, mustBreak: Bool = false) {
        self.kind = kind
        self.mustBreak = mustBreak
    }

    static let line = Layout(.line)
    static let softline = Layout(.softline)
    static let hardline = Layout(.hardline, mustBreak: true)
    static let empty = Layout(.concat([]))

    static func text(_ text: String) -> Layout { Layout(.text(text)) }
    /// A comment; nothing can follow it on its line.
    static func comment(_ text: String) -> Layout { Layout(.text(text), mustBreak: true) }
    static func nest(_ content: Layout) -> Layout { Layout(.nest(content), mustBreak: content.mustBreak) }
    static func group(_ content: Layout) -> Layout { Layout(.group(content), mustBreak: content.mustBreak) }
    static func fill(_ items: [Layout]) -> Layout {
        Layout(.fill(items), mustBreak: items.contains(where: \.mustBreak))
    }
    static func concat(_ parts: [Layout]) -> Layout {
        Layout(.concat(parts), mustBreak: parts.contains(where: \.mustBreak))
    }

    /// Content between brackets, on lines of its own when it does not fit.
    static func bracketed(_ open: String, _ content: Layout, _ close: String) -> Layout {
        .group(.concat([.text(open), .nest(.concat([.softline, content])), .softline, .text(close)]))
    }

    static func + (left: Layout, right: Layout) -> Layout { .concat([left, right]) }
    static func + (left: Layout, right: String) -> Layout { .concat([left, .text(right)]) }
    static func + (left: String, right: Layout) -> Layout { .concat([.text(left), right]) }

    /// Parts with a separator between them.
    static func joined(_ parts: [Layout], _ separator: Layout) -> Layout {
        var output: [Layout] = []
        for (place, part) in parts.enumerated() {
            if place > 0 { output.append(separator) }
            output.append(part)
        }
        return .concat(output)
    }
}

/// Turns layouts into lines of a given width.
struct LayoutRenderer {
    var width: Int
    var indent: Int
    private var output = ""
    private var column = 0

    init(width: Int, indent: Int) {
        self.width = width
        self.indent = indent
    }

    private struct Task {
        var depth: Int
        var isFlat: Bool
        var layout: Layout
        /// The next item of a fill.
        var position = 0
    }

    mutating func render(_ layout: Layout) -> String {
        var tasks = [Task(depth: 0, isFlat: false, layout: layout)]
        while let task = tasks.popLast() {
            switch task.layout.kind {
            case .text(let text): write(text)
            case .line: task.isFlat ? write(" ") : newLine(task.depth)
            case .softline: if !task.isFlat { newLine(task.depth) }
            case .hardline: newLine(task.depth)
            case .nest(let content):
                tasks.append(Task(depth: task.depth + 1, isFlat: task.isFlat, layout: content))
            case .group(let content):
                let isFlat = task.isFlat || (!content.mustBreak && fits(content, and: tasks))
                tasks.append(Task(depth: task.depth, isFlat: isFlat, layout: content))
            case .concat(let parts):
                for part in parts.reversed() {
                    tasks.append(Task(depth: task.depth, isFlat: task.isFlat, layout: part))
                }
            case .fill(let items): fill(items, task, &tasks)
            }
        }
        return output
    }

    /// Writes one item and comes back for the rest.
    private mutating func fill(_ items: [Layout], _ task: Task, _ tasks: inout [Task]) {
        guard task.position < items.count else { return }
        let item = items[task.position]
        if task.position > 0 {
            fits(item, and: []) || task.isFlat ? write(" ") : newLine(task.depth)
        }
        var rest = task
        rest.position += 1
        tasks.append(rest)
        tasks.append(Task(depth: task.depth, isFlat: task.isFlat || !item.mustBreak, layout: item))
    }

    private mutating func write(_ text: String) {
        output += text
        if let end = text.utf8.lastIndex(of: UInt8(ascii: "\n")) {
            column = text[end...].count - 1
        } else {
            column += text.count
        }
    }

    private mutating func newLine(_ depth: Int) {
        while output.last == " " { output.removeLast() }
        output += "\n" + String(repeating: " ", count: depth * indent)
        column = depth * indent
    }

    /// True when the layout, laid out flat, and what follows up to the next line end stay within the width.
    private func fits(_ layout: Layout, and rest: [Task]) -> Bool {
        var left = width - column - 1
        var flat = [layout]
        while let next = flat.popLast() {
            switch next.kind {
            case .text(let text):
                if text.utf8.contains(UInt8(ascii: "\n")) { return true }
                left -= text.utf8.count
            case .line: left -= 1
            case .softline: break
            case .hardline: return false
            case .nest(let content), .group(let content): flat.append(content)
            case .concat(let parts): flat.append(contentsOf: parts.reversed())
            case .fill(let items): flat.append(contentsOf: items.reversed())
            }
            if left < 0 { return false }
        }
        return fitsTail(rest, left)
    }

    /// Looks at the text right after a group, up to the first place where the line may end.
    private func fitsTail(_ rest: [Task], _ available: Int) -> Bool {
        var left = available
        for task in rest.reversed() {
            guard case .text(let text) = task.layout.kind else { return left >= 0 }
            left -= text.utf8.count
        }
        return left >= 0
    }
}
