//! What a terminal's colours look like on paper: readable on the ground that the paper has.

use ratatui::style::{Color, Modifier, Style};

/// The ground of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ground {
    /// Nearly black.
    #[default]
    Dark,
    /// White.
    Light,
}

/// Red, green and blue.
pub(super) type Rgb = [u8; 3];

/// The sixteen colours, from black to white, on a dark ground.
const ON_DARK: [u32; 16] = [
    0x003b_4048,
    0x00e0_6c64,
    0x007f_bf6a,
    0x00d9_b44a,
    0x006a_9ff0,
    0x00c5_8be0,
    0x005f_c0c8,
    0x00b8_bcc4,
    0x0088_8d98,
    0x00ff_7b72,
    0x008f_dc7c,
    0x00ff_d866,
    0x008a_b8ff,
    0x00db_a6f5,
    0x0080_dfe6,
    0x00ff_ffff,
];
/// The same on a white one.
const ON_LIGHT: [u32; 16] = [
    0x0000_0000,
    0x00b3_261e,
    0x001a_7f37,
    0x007d_5a00,
    0x000a_4fb5,
    0x008a_3ab9,
    0x000b_7285,
    0x0057_606a,
    0x006e_7781,
    0x00c6_2828,
    0x002e_7d32,
    0x008a_6100,
    0x0015_65c0,
    0x009c_3fc4,
    0x0000_7c87,
    0x001f_2328,
];

impl Ground {
    /// The colour of the ground itself.
    pub(super) fn back(self) -> Rgb {
        match self {
            Ground::Dark => [0x16, 0x18, 0x1d],
            Ground::Light => [0xff, 0xff, 0xff],
        }
    }

    /// The colour of ordinary text.
    fn text(self) -> Rgb {
        match self {
            Ground::Dark => [0xd8, 0xdb, 0xe0],
            Ground::Light => [0x1f, 0x23, 0x28],
        }
    }

    fn ansi(self, at: usize) -> Rgb {
        let table = if self == Ground::Dark { &ON_DARK } else { &ON_LIGHT };
        let [_, red, green, blue] = table[at % 16].to_be_bytes();
        [red, green, blue]
    }

    fn color(self, color: Color) -> Option<Rgb> {
        let at = match color {
            Color::Reset => return None,
            Color::Rgb(red, green, blue) => return Some([red, green, blue]),
            Color::Indexed(at) => return Some(self.indexed(at)),
            Color::Black => 0,
            Color::Red => 1,
            Color::Green => 2,
            Color::Yellow => 3,
            Color::Blue => 4,
            Color::Magenta => 5,
            Color::Cyan => 6,
            Color::Gray => 7,
            Color::DarkGray => 8,
            Color::LightRed => 9,
            Color::LightGreen => 10,
            Color::LightYellow => 11,
            Color::LightBlue => 12,
            Color::LightMagenta => 13,
            Color::LightCyan => 14,
            Color::White => 15,
        };
        Some(self.ansi(at))
    }

    /// A colour of the 256: the sixteen, a cube of six steps, 24 greys.
    fn indexed(self, at: u8) -> Rgb {
        let step = |value: u8| if value == 0 { 0 } else { 55 + 40 * value };
        match at {
            0..16 => self.ansi(usize::from(at)),
            16..232 => [step((at - 16) / 36), step((at - 16) / 6 % 6), step((at - 16) % 6)],
            232.. => [8 + 10 * (at - 232); 3],
        }
    }
}

/// How some text looks on paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) front: Rgb,
    /// What stands behind it, where that is not the ground.
    pub(super) back: Option<Rgb>,
    pub(super) bold: bool,
    pub(super) underlined: bool,
}

impl Look {
    /// What a terminal makes of a style.
    pub(super) fn of(style: Style, ground: Ground) -> Self {
        let is = |modifier| style.add_modifier.contains(modifier);
        let mut front = style.fg.and_then(|color| ground.color(color)).unwrap_or_else(|| ground.text());
        let mut back = style.bg.and_then(|color| ground.color(color));
        if is(Modifier::DIM) {
            front = between(front, back.unwrap_or_else(|| ground.back()));
        }
        if is(Modifier::REVERSED) {
            (front, back) = (back.unwrap_or_else(|| ground.back()), Some(front));
        }
        Self { front, back, bold: is(Modifier::BOLD), underlined: is(Modifier::UNDERLINED) }
    }
}

/// Two thirds of one colour and a third of the other.
fn between(one: Rgb, other: Rgb) -> Rgb {
    let mixed = |at: usize| (u16::from(one[at]) * 2 + u16::from(other[at])) / 3;
    [0, 1, 2].map(|at| u8::try_from(mixed(at)).unwrap_or(u8::MAX))
}

/// `#16181d`
pub(super) fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How much lighter one colour is than another, as WCAG counts it.
    fn contrast(one: Rgb, other: Rgb) -> f64 {
        let light = |color: Rgb| {
            let part = |value: u8| {
                let value = f64::from(value) / 255.0;
                if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * part(color[0]) + 0.7152 * part(color[1]) + 0.0722 * part(color[2]) + 0.05
        };
        let (one, other) = (light(one), light(other));
        one.max(other) / one.min(other)
    }

    #[test]
    fn every_colour_but_the_grounds_own_can_be_read_on_it_dim_or_not() {
        for (ground, own) in [(Ground::Dark, 0), (Ground::Light, 16)] {
            let colours = (0..16).filter(|at| *at != own).map(|at| ground.ansi(at));
            for colour in colours.chain([ground.text()]) {
                assert!(contrast(colour, ground.back()) >= 4.5, "{} on {ground:?}", hex(colour));
            }
            let dim = Look::of(Style::new().add_modifier(Modifier::DIM), ground).front;
            assert!(contrast(dim, ground.back()) >= 4.5, "dim on {ground:?}");
        }
    }

    #[test]
    fn reversed_text_stands_in_the_grounds_colour() {
        let look = Look::of(Style::new().fg(Color::Red).add_modifier(Modifier::REVERSED), Ground::Dark);
        assert_eq!((look.front, look.back), (Ground::Dark.back(), Some(Ground::Dark.ansi(1))));
    }

    #[test]
    fn the_256_colours_are_those_of_a_terminal() {
        let shown = [1, 16, 231, 196, 232, 255].map(|at| hex(Ground::Dark.indexed(at)));
        assert_eq!(shown, ["#e06c64", "#000000", "#ffffff", "#ff0000", "#080808", "#eeeeee"]);
    }
}
