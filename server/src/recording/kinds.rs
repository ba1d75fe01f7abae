//! What a recording can be: media types, the ends of file names, and the first bytes of files that can be uploaded.

/// Container formats of recordings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// MP4, MOV, M4A (ISO/IEC 14496-12).
    IsoMedia,
    /// MKV, WebM (RFC 9559).
    Matroska,
}

/// The accepted formats, for the sentence of a refusal.
pub const IN_WORDS: &str = "an MP4, MOV, WebM or MKV file";

/// Number of bytes at the start of a file that are checked.
pub const BEGINNING: u64 = 16;

/// Returns the container of a media type that is accepted.
pub fn container(content_type: &str) -> Option<Container> {
    match content_type {
        "video/mp4" | "video/quicktime" | "video/x-m4v" | "audio/mp4" | "audio/x-m4a" => Some(Container::IsoMedia),
        "video/webm" | "audio/webm" | "video/x-matroska" | "video/matroska" | "audio/x-matroska" => {
            Some(Container::Matroska)
        }
        _ => None,
    }
}

/// Returns the file name extension.
pub fn ending(content_type: &str) -> &'static str {
    match content_type {
        "video/mp4" => "mp4",
        "video/quicktime" => "mov",
        "video/x-m4v" => "m4v",
        "audio/mp4" | "audio/x-m4a" => "m4a",
        "video/webm" | "audio/webm" => "webm",
        _ => "mkv",
    }
}

impl Container {
    /// Returns the container that a file's first bytes belong to.
    pub fn of(beginning: &[u8]) -> Option<Container> {
        if beginning.starts_with(&[0x1a, 0x45, 0xdf, 0xa3]) {
            return Some(Container::Matroska);
        }
        // The type of the first box; old QuickTime files begin with another than `ftyp`.
        match beginning.get(4..8)? {
            b"ftyp" | b"moov" | b"mdat" | b"wide" | b"free" | b"skip" | b"pnot" => Some(Container::IsoMedia),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Container::IsoMedia => "MP4 or MOV",
            Container::Matroska => "WebM or MKV",
        }
    }
}

/// Checks that a file of this type may begin with these bytes. The error is a sentence for the person.
pub fn check(content_type: &str, beginning: &[u8]) -> Result<(), String> {
    match (container(content_type), Container::of(beginning)) {
        (Some(said), Some(found)) if said == found => Ok(()),
        (Some(said), Some(found)) => Err(format!(
            "the file is called {} but begins like {}; give it the name that fits its content and choose it again",
            said.name(),
            found.name()
        )),
        _ => Err(format!("the file does not begin like a recording; choose {IN_WORDS}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_file_must_begin_like_its_type() {
        let mp4 = b"\0\0\0\x20ftypisom\0\0\x02\0";
        let mkv = [0x1a, 0x45, 0xdf, 0xa3, 0x93, 0x42, 0x82, 0x88];
        assert_eq!(check("video/mp4", mp4), Ok(()));
        assert_eq!(check("video/quicktime", b"\0\0\0\x08wide\0\0\0\0mdat"), Ok(()));
        assert_eq!(check("video/x-matroska", &mkv), Ok(()));
        assert!(check("video/mp4", &mkv).unwrap_err().contains("begins like WebM or MKV"));
        for bytes in
            [&b""[..], b"\x1a\x45", b"ftyp", b"PK\x03\x04\0\0\0\0\0\0", b"<html><body>xxxx", b"RIFF\0\0\0\0AVI "]
        {
            assert!(check("video/mp4", bytes).unwrap_err().contains("choose an MP4"), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn no_beginning_and_no_type_break_the_check(kind in ".{0,20}", bytes in prop::collection::vec(any::<u8>(), 0..20)) {
            let _ = check(&kind, &bytes);
        }
    }
}
