//! A small picture as text for a terminal.

use std::fmt::Write as _;

/// Red, green, blue.
type Pixel = [u8; 3];

/// A picture on a white ground.
pub(super) struct Picture {
    width: usize,
    pixels: Vec<Pixel>,
}

impl Picture {
    /// Decodes a PNG. `None` for one that is damaged inside, or of a colour type that the decoder does not expand.
    pub(super) fn decode(png: &[u8]) -> Option<Self> {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
        decoder.set_transformations(
            png::Transformations::normalize_to_color8() | png::Transformations::ALPHA,
        );
        let mut reader = decoder.read_info().ok()?;
        let mut samples = vec![0; reader.output_buffer_size()?];
        let frame = reader.next_frame(&mut samples).ok()?;
        let over_white = |colour: u8, alpha: u8| {
            let alpha = u16::from(alpha);
            ((u16::from(colour) * alpha + 255 * (255 - alpha)) / 255) as u8
        };
        let pixels = match frame.color_type {
            png::ColorType::Rgba => samples
                .chunks_exact(4)
                .map(|p| [p[0], p[1], p[2]].map(|colour| over_white(colour, p[3])))
                .collect(),
            png::ColorType::GrayscaleAlpha => samples
                .chunks_exact(2)
                .map(|p| [over_white(p[0], p[1]); 3])
                .collect(),
            _ => return None,
        };
        Some(Self {
            width: frame.width as usize,
            pixels,
        })
    }

    /// The picture at most `side` pixels wide, each pixel the mean of a square.
    pub(super) fn shrunk(&self, side: usize) -> Self {
        let step = self.width.div_ceil(side).max(1);
        let height = self.pixels.len().checked_div(self.width).unwrap_or(0);
        let (columns, rows) = (self.width / step, height / step);
        let pixels = (0..rows * columns)
            .map(|at| {
                let (top, left) = (at / columns * step, at % columns * step);
                let mut sum = [0_usize; 3];
                for y in top..top + step {
                    for pixel in &self.pixels[y * self.width + left..][..step] {
                        for (total, colour) in sum.iter_mut().zip(pixel) {
                            *total += usize::from(*colour);
                        }
                    }
                }
                sum.map(|total| (total / (step * step)) as u8)
            })
            .collect();
        Self {
            width: columns,
            pixels,
        }
    }

    /// Two pixels a character: the upper one is the colour of a half block, the lower one its ground.
    pub(super) fn half_blocks(&self) -> String {
        let mut text = String::new();
        let rows: Vec<_> = self.pixels.chunks(self.width.max(1)).collect();
        for pair in rows.chunks(2) {
            for (x, [r, g, b]) in pair[0].iter().enumerate() {
                let [lower_r, lower_g, lower_b] = pair.get(1).map_or([255; 3], |row| row[x]);
                // Writing into a string does not fail.
                let _ = write!(
                    text,
                    "\x1b[38;2;{r};{g};{b};48;2;{lower_r};{lower_g};{lower_b}m\u{2580}"
                );
            }
            text.push_str("\x1b[0m\n");
        }
        text
    }

    /// Sixel graphics (DEC VT340): bands of six rows, and in each band one run for every colour, in a palette of
    /// six levels a channel.
    pub(super) fn sixel(&self) -> String {
        let level = |colour: u8| usize::from(colour) * 5 / 255;
        let index = |[r, g, b]: Pixel| level(r) * 36 + level(g) * 6 + level(b);
        let mut text = String::from("\x1bPq");
        for colour in 0..216 {
            let percent = |level: usize| level % 6 * 20;
            let _ = write!(
                text,
                "#{colour};2;{};{};{}",
                percent(colour / 36),
                percent(colour / 6),
                percent(colour)
            );
        }
        let rows: Vec<_> = self.pixels.chunks(self.width.max(1)).collect();
        for band in rows.chunks(6) {
            let mut runs = std::collections::BTreeMap::<usize, Vec<u8>>::new();
            for (y, row) in band.iter().enumerate() {
                for (x, pixel) in row.iter().enumerate() {
                    let run = runs
                        .entry(index(*pixel))
                        .or_insert_with(|| vec![0; self.width]);
                    run[x] |= 1 << y;
                }
            }
            for (colour, run) in runs {
                let _ = write!(text, "#{colour}");
                text.extend(run.iter().map(|bits| char::from(b'?' + bits)));
                // Back to the start of the band, for the next colour.
                text.push('$');
            }
            text.push('-');
        }
        text.push_str("\x1b\\");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: Pixel = [255, 0, 0];
    const WHITE: Pixel = [255; 3];

    #[test]
    fn a_png_is_decoded_over_white() {
        let mut png = Vec::new();
        let mut encoder = png::Encoder::new(&mut png, 2, 1);
        encoder.set_color(png::ColorType::Rgba);
        encoder
            .write_header()
            .unwrap()
            .write_image_data(&[255, 0, 0, 255, 0, 0, 0, 0])
            .unwrap();
        let picture = Picture::decode(&png).unwrap();
        assert_eq!((picture.width, picture.pixels), (2, vec![RED, WHITE]));
        assert!(Picture::decode(&png[..40]).is_none());
    }

    #[test]
    fn a_large_picture_is_shrunk_to_its_means() {
        let picture = Picture {
            width: 4,
            pixels: [RED, RED, WHITE, WHITE].repeat(4),
        };
        let small = picture.shrunk(2);
        assert_eq!(
            (small.width, small.pixels),
            (2, vec![RED, WHITE, RED, WHITE])
        );
        assert_eq!(picture.shrunk(4).pixels, picture.pixels);
    }

    #[test]
    fn half_blocks_hold_two_rows_in_a_line() {
        let picture = Picture {
            width: 1,
            pixels: vec![RED, WHITE, RED],
        };
        let red = "\x1b[38;2;255;0;0;48;2;255;255;255m\u{2580}\x1b[0m\n";
        assert_eq!(picture.half_blocks(), format!("{red}{red}"));
    }

    #[test]
    fn sixels_hold_six_rows_in_a_band() {
        let picture = Picture {
            width: 2,
            pixels: [RED, WHITE].repeat(7),
        };
        let text = picture.sixel();
        assert!(text.starts_with("\x1bPq#0;2;0;0;0#1;2;0;0;20"));
        // 180 is pure red, 215 white; `~` has all six rows, `@` the first only, `?` none.
        assert!(
            text.ends_with("#180~?$#215?~$-#180@?$#215?@$-\x1b\\"),
            "{text}"
        );
    }
}
