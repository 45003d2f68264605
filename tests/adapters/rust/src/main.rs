//! Answers one line for each line on standard input, until end of file.

use std::io::{BufRead, Write};

fn main() -> std::io::Result<()> {
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lock().split(b'\n') {
        let answer = countermark_adapter::answer(&String::from_utf8_lossy(&line?));
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}
