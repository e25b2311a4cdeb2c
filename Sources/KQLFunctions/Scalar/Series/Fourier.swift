import Foundation

/// The transform by its definition for odd lengths, by halves for even ones.
func fourier(_ input: [(Double, Double)], inverse: Bool) -> [(Double, Double)] {
    let count = input.count
    let scale = inverse ? 1 / Double(count) : 1
    return rotated(input, sign: inverse ? 1 : -1).map { ($0.0 * scale, $0.1 * scale) }
}

private func rotated(_ input: [(Double, Double)], sign: Double) -> [(Double, Double)] {
    let count = input.count
    guard count > 1 else { return input }
    if count % 2 == 0 {
        let even = rotated(stride(from: 0, to: count, by: 2).map { input[$0] }, sign: sign)
        let odd = rotated(stride(from: 1, to: count, by: 2).map { input[$0] }, sign: sign)
        var output = input
        for index in 0..<count / 2 {
            let (cosine, sine) = unitRoot(index, of: count, sign: sign)
            let turned = (odd[index].0 * cosine - odd[index].1 * sine, odd[index].0 * sine + odd[index].1 * cosine)
            output[index] = (even[index].0 + turned.0, even[index].1 + turned.1)
            output[index + count / 2] = (even[index].0 - turned.0, even[index].1 - turned.1)
        }
        return output
    }
    return (0..<count).map { index in
        var sum = (0.0, 0.0)
        for (position, value) in input.enumerated() {
            let (cosine, sine) = unitRoot(index * position, of: count, sign: sign)
            sum.0 += value.0 * cosine - value.1 * sine
            sum.1 += value.0 * sine + value.1 * cosine
        }
        return sum
    }
}

/// The cosine and sine of a step of a circle divided evenly, exact at its quarters.
private func unitRoot(_ step: Int, of count: Int, sign: Double) -> (Double, Double) {
    let (quarter, rest) = ((step % count) * 4).quotientAndRemainder(dividingBy: count)
    let angle = Double(rest) / Double(count) * .pi / 2
    let (cosine, sine) = (cos(angle), sin(angle))
    switch quarter {
    case 0: return (cosine, sign * sine)
    case 1: return (-sine, sign * cosine)
    case 2: return (-cosine, -sign * sine)
    default: return (sine, -sign * cosine)
    }
}
