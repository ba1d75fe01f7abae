//! What GStreamer 1.22 gets wrong in RIFF WAVE files: what stands behind the audio, and the length of ADPCM blocks.

use super::bytes::read_at;
use std::fs::File;
use std::io;

/// The most chunks that are walked through in search of the audio.
const MOST_CHUNKS: usize = 256;

/// What is to be repaired.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Wave {
    /// Where the file's bytes are to be replaced before the demuxer reads them.
    pub hidden: Vec<(u64, [u8; 4])>,
    /// Where the demuxer is to find the end of the file, where that is not its own end.
    pub end: Option<u64>,
    /// The audio ends before its chunk says that it does.
    pub cut: bool,
}

/// Reads the chunks of a file of `length` bytes.
///
/// The demuxer looks for more chunks before it reads the audio, and reads nothing where fewer bytes than the head of a chunk
/// are left, as behind a chunk of an odd length. So the file ends for it with the audio, and audio of an odd number of bytes
/// is a byte shorter: the last sample, a ten-thousandth of a second, is not heard.
///
/// # Errors
/// The file cannot be read.
pub fn read(file: &File, length: u64) -> io::Result<Wave> {
    let mut wave = Wave::default();
    let mut position = 12;
    for _ in 0..MOST_CHUNKS {
        let mut head = [0; 8];
        if read_at(file, &mut head, position)? < head.len() {
            break;
        }
        let size = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        let end = position + 8 + u64::from(size);
        if head.starts_with(b"data") {
            // A recorder that was stopped, or that writes as it goes, says nothing or everything.
            let said = !matches!(size, 0 | 0x7fff_f000..);
            wave.cut = said && end > length;
            if said && end <= length {
                let even = size - size % 2;
                wave.end = Some(position + 8 + u64::from(even));
                if even != size {
                    wave.hidden.push((position + 4, even.to_le_bytes()));
                }
            }
            break;
        }
        position = end + u64::from(size % 2);
    }
    Ok(wave)
}

/// Samples of each channel in `bytes` of ADPCM in blocks, as its layout says; `None` where it is not known.
///
/// Each block begins with a head for each channel, in which the first samples are whole: one in IMA's layout ("dvi"), two
/// in Microsoft's.
pub fn adpcm_samples(layout: &str, block: u32, channels: u32, bytes: u64) -> Option<u64> {
    let channels = u64::from(channels).max(1);
    let (head, whole) = match layout {
        "dvi" => (4, 1),
        "microsoft" => (7, 2),
        _ => return None,
    };
    let of = |bytes: u64| bytes.checked_sub(head * channels).map(|rest| rest * 2 / channels + whole);
    let block = u64::from(block);
    let each = of(block)?;
    Some((bytes / block).saturating_mul(each).saturating_add(of(bytes % block).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn of(bytes: &[u8]) -> Wave {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        read(&file, bytes.len() as u64).unwrap()
    }

    fn with_data(size: u32, there: usize) -> Vec<u8> {
        [&b"RIFF\0\0\0\0WAVEfmt \x04\0\0\0abcddata"[..], &size.to_le_bytes(), &vec![0; there]].concat()
    }

    #[test]
    fn the_file_ends_with_its_audio_and_audio_of_an_odd_length_is_a_byte_shorter() {
        let odd = of(&with_data(7, 8));
        assert_eq!((&odd.hidden[..], odd.end), (&[(28, [6, 0, 0, 0])][..], Some(38)));
        let even = of(&with_data(8, 11));
        assert_eq!((&even.hidden[..], even.end), (&[][..], Some(40)));
    }

    #[test]
    fn audio_that_ends_early_is_cut_and_a_length_that_nobody_knew_is_not() {
        assert!(of(&with_data(100, 50)).cut);
        assert!(!of(&with_data(u32::MAX, 50)).cut);
        assert!(!of(&with_data(0, 50)).cut);
    }

    #[test]
    fn hostile_chunks_are_read_without_harm() {
        let whole = with_data(7, 8);
        for at in 0..whole.len() {
            for byte in [0, 1, 0x7f, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = byte;
                of(&bytes);
                of(&bytes[..at]);
            }
        }
    }

    #[test]
    fn blocks_of_adpcm_tell_their_samples() {
        assert_eq!(adpcm_samples("dvi", 1024, 1, 1024), Some(2041));
        assert_eq!(adpcm_samples("microsoft", 1024, 1, 2048), Some(2 * 2036));
        assert_eq!(adpcm_samples("dvi", 2048, 2, 2048), Some(2041));
        assert_eq!(adpcm_samples("dvi", 0, 1, 100), None);
        assert_eq!(adpcm_samples("g726", 100, 1, 100), None);
    }
}
