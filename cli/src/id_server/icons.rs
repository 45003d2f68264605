//! Access passes: 88x88 RGBA PNG pictures of a white shape on a coloured tile.

use std::sync::OnceLock;

use base64::{Engine, engine::general_purpose::STANDARD};

use super::random::Random;
use super::shapes::SHAPES;

/// Width and height in pixels, as in every published sample.
pub(crate) const SIZE: u16 = 88;

/// How many symbols the phone offers.
pub(crate) const CHOICES: usize = 4;

/// Tile colours. White on each of them has a contrast of at least 4.5 to 1.
const COLOURS: [(&str, [u8; 3]); 6] = [
    ("blue", [0x1d, 0x5f, 0xd0]),
    ("red", [0xc4, 0x2b, 0x3a]),
    ("green", [0x1a, 0x7a, 0x48]),
    ("purple", [0x7a, 0x3d, 0xb8]),
    ("orange", [0xb3, 0x53, 0x00]),
    ("teal", [0x0b, 0x74, 0x80]),
];

/// How many symbols there are.
pub(crate) const COUNT: usize = SHAPES.len() * COLOURS.len();

/// One of the [`COUNT`] symbols.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(into = "u8")]
pub(crate) struct Symbol(u8);

impl From<Symbol> for u8 {
    fn from(symbol: Symbol) -> Self {
        symbol.0
    }
}

impl Symbol {
    /// The symbol of that number, if there is one.
    pub(crate) fn new(number: usize) -> Option<Self> {
        u8::try_from(number)
            .ok()
            .filter(|_| number < COUNT)
            .map(Self)
    }

    /// Its number, from 0.
    pub(crate) fn number(self) -> usize {
        usize::from(self.0)
    }

    /// What a screen reader says, such as `blue moon`.
    pub(crate) fn name(self) -> String {
        let (colour, _) = COLOURS[self.number() % COLOURS.len()];
        format!("{colour} {}", SHAPES[self.number() / COLOURS.len()].name)
    }

    /// Four symbols, no two of one shape or one colour, so that nobody picks a wrong one by a small likeness.
    pub(crate) fn four(random: &mut Random) -> [Self; CHOICES] {
        let mut shapes: Vec<usize> = (0..SHAPES.len()).collect();
        let mut colours: Vec<usize> = (0..COLOURS.len()).collect();
        random.shuffle(&mut shapes);
        random.shuffle(&mut colours);
        // The product of the two counts is 96, so every number fits.
        std::array::from_fn(|i| Self((shapes[i] * COLOURS.len() + colours[i]) as u8))
    }

    /// The PNG file.
    pub(crate) fn png(self) -> &'static [u8] {
        static FILES: [OnceLock<Vec<u8>>; COUNT] = [const { OnceLock::new() }; COUNT];
        FILES[self.number()].get_or_init(|| self.encode(0))
    }

    /// The PNG file in standard base64 with padding.
    pub(crate) fn base64(self) -> &'static str {
        static TEXTS: [OnceLock<String>; COUNT] = [const { OnceLock::new() }; COUNT];
        TEXTS[self.number()].get_or_init(|| STANDARD.encode(self.png()))
    }

    /// The same picture, its base64 made to end with `==` and to hold `+` and `/`: what damages it in most parsers.
    pub(crate) fn awkward_base64(self) -> String {
        (0..600)
            .map(|comment| STANDARD.encode(self.encode(comment)))
            .find(|text| text.ends_with("==") && text.contains('+') && text.contains('/'))
            // Every third length ends with `==`, and a file of this size without a `+` or `/` is not in sight.
            .unwrap_or_else(|| self.base64().to_owned())
    }

    /// The name goes in as the title; `comment` bytes of comment change the length of the file.
    fn encode(self, comment: usize) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, u32::from(SIZE), u32::from(SIZE));
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        let written = (|| {
            encoder.add_text_chunk("Title".to_owned(), self.name())?;
            if comment > 0 {
                encoder.add_text_chunk("Comment".to_owned(), "x".repeat(comment))?;
            }
            let mut writer = encoder.write_header()?;
            writer.write_image_data(&self.pixels())?;
            writer.finish()
        })();
        // Writing to memory with fixed sizes has no way to fail.
        written.expect("a PNG of fixed size can be written to memory");
        file
    }

    fn pixels(self) -> Vec<u8> {
        let (_, [red, green, blue]) = COLOURS[self.number() % COLOURS.len()];
        let contains = SHAPES[self.number() / COLOURS.len()].contains;
        let mut pixels = Vec::with_capacity(usize::from(SIZE) * usize::from(SIZE) * 4);
        for row in 0..SIZE {
            for column in 0..SIZE {
                let tile = coverage(row, column, in_tile);
                let shape = coverage(row, column, |x, y| contains(x / 0.68, y / 0.68));
                let mix =
                    |colour: u8| (f32::from(colour) * (1.0 - shape) + 255.0 * shape).round() as u8;
                pixels.extend([
                    mix(red),
                    mix(green),
                    mix(blue),
                    (tile * 255.0).round() as u8,
                ]);
            }
        }
        pixels
    }
}

/// A square with round corners that nearly fills the picture.
fn in_tile(x: f32, y: f32) -> bool {
    let (x, y) = ((x.abs() - 0.62).max(0.0), (y.abs() - 0.62).max(0.0));
    x * x + y * y <= 0.36 * 0.36
}

/// How much of a pixel lies inside, by sixteen samples.
fn coverage(row: u16, column: u16, contains: impl Fn(f32, f32) -> bool) -> f32 {
    let at = |pixel: u16, step: u8| {
        (f32::from(pixel) + (f32::from(step) + 0.5) / 4.0) / f32::from(SIZE) * 2.0 - 1.0
    };
    let hits = (0..16_u8)
        .filter(|i| contains(at(column, i % 4), at(row, i / 4)))
        .count();
    hits as f32 / 16.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_is_a_valid_and_different_picture() {
        let mut seen = std::collections::HashSet::new();
        for symbol in (0..COUNT).filter_map(Symbol::new) {
            let mut reader = png::Decoder::new(std::io::Cursor::new(symbol.png()))
                .read_info()
                .unwrap();
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            let info = reader.next_frame(&mut pixels).unwrap();
            assert_eq!((info.width, info.height), (88, 88));
            assert_eq!(
                (info.color_type, info.bit_depth),
                (png::ColorType::Rgba, png::BitDepth::Eight)
            );
            assert!(
                symbol
                    .base64()
                    .starts_with("iVBORw0KGgoAAAANSUhEUgAAAFgAAABY")
            );
            let white = pixels
                .chunks_exact(4)
                .filter(|pixel| pixel[..3] == [255; 3])
                .count();
            assert!(
                (400..5_000).contains(&white),
                "{} has {white} white pixels",
                symbol.name()
            );
            assert!(seen.insert(pixels), "{} looks like another", symbol.name());
        }
        assert_eq!(seen.len(), COUNT);
    }

    #[test]
    fn the_four_choices_differ_in_shape_and_colour() {
        let mut random = Random::new(Some(3));
        for _ in 0..200 {
            let four = Symbol::four(&mut random);
            for (i, a) in four.iter().enumerate() {
                for b in &four[..i] {
                    let ((a_colour, a_shape), (b_colour, b_shape)) = (split(*a), split(*b));
                    assert!(a_colour != b_colour && a_shape != b_shape);
                }
            }
        }
    }

    fn split(symbol: Symbol) -> (String, String) {
        let name = symbol.name();
        let (colour, shape) = name.split_once(' ').unwrap();
        (colour.to_owned(), shape.to_owned())
    }

    #[test]
    fn the_awkward_form_has_both_signs_and_two_paddings() {
        for symbol in (0..COUNT).step_by(11).filter_map(Symbol::new) {
            let text = symbol.awkward_base64();
            assert!(text.ends_with("==") && text.contains('+') && text.contains('/'));
            assert!(STANDARD.decode(text).unwrap().starts_with(b"\x89PNG"));
        }
    }
}
