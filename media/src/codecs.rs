//! The elements that may read bytes of a file or a publisher: the demuxer of each container, the parser and the
//! decoders of each coding. No other element is ever created for media, whatever its rank on the machine. None of them
//! opens a file or an address by itself.

use crate::file::Container;
use gstreamer as gst;

/// How a container is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// By a demuxer, which adds tracks as it finds them.
    Demuxer(&'static str),
    /// By a parser that splits the single track into frames.
    Parser(&'static str),
}

/// Returns how a container is opened.
pub(crate) fn opening(container: Container) -> Opening {
    use Opening::{Demuxer, Parser};
    match container {
        Container::IsoMedia => Demuxer("qtdemux"),
        Container::Matroska => Demuxer("matroskademux"),
        Container::Wave => Demuxer("wavparse"),
        Container::Avi => Demuxer("avidemux"),
        Container::Ogg => Demuxer("oggdemux"),
        Container::TransportStream => Demuxer("tsdemux"),
        Container::ProgramStream => Demuxer("mpegpsdemux"),
        Container::Flv => Demuxer("flvdemux"),
        Container::Aiff => Demuxer("aiffparse"),
        Container::Au => Demuxer("auparse"),
        Container::Flac => Parser("flacparse"),
        Container::MpegAudio => Parser("mpegaudioparse"),
        Container::Adts => Parser("aacparse"),
        Container::Amr => Parser("amrparse"),
    }
}

/// Returns the parser that a track needs before its units can be decoded, and the capabilities it is asked for. `None`:
/// it needs none.
pub(crate) fn parser(coding: &gst::StructureRef) -> Option<(&'static str, Option<&'static str>)> {
    let version = coding.get::<i32>("mpegversion").unwrap_or(0);
    let name = match coding.name().as_str() {
        // With the parameter sets in the stream, so that they may change within it.
        "video/x-h264" => return Some(("h264parse", Some("video/x-h264, stream-format=byte-stream, alignment=au"))),
        "video/x-h265" => return Some(("h265parse", Some("video/x-h265, stream-format=byte-stream, alignment=au"))),
        "video/x-vp9" => "vp9parse",
        "video/x-av1" => "av1parse",
        "video/x-h263" => "h263parse",
        "video/mpeg" if version == 4 => "mpeg4videoparse",
        "video/x-divx" if coding.get::<i32>("divxversion").is_ok_and(|v| v >= 4) => "mpeg4videoparse",
        "video/mpeg" => "mpegvideoparse",
        "audio/mpeg" if version == 1 => "mpegaudioparse",
        "audio/mpeg" => "aacparse",
        "audio/x-flac" => "flacparse",
        "audio/x-ac3" | "audio/x-eac3" | "audio/ac3" | "audio/eac3" => "ac3parse",
        "audio/AMR" | "audio/AMR-WB" => "amrparse",
        _ => return None,
    };
    Some((name, None))
}

/// The decoders of each media type, best first. A raw type has none.
const DECODERS: &[(&str, &[&str])] = &[
    ("video/x-raw", &[]),
    ("audio/x-raw", &[]),
    ("video/x-vp8", &["vp8dec"]),
    ("video/x-vp9", &["vp9dec"]),
    ("video/x-av1", &["av1dec", "avdec_libdav1d"]),
    ("video/x-h264", &["avdec_h264", "openh264dec"]),
    ("video/x-h265", &["avdec_h265", "libde265dec"]),
    ("video/x-h263", &["avdec_h263", "avdec_h263p"]),
    ("video/mpeg", &["avdec_mpeg4", "avdec_mpeg2video", "avdec_mpegvideo"]),
    ("video/x-divx", &["avdec_mpeg4", "avdec_msmpeg4"]),
    ("video/x-xvid", &["avdec_mpeg4", "avdec_msmpeg4"]),
    ("video/x-3ivx", &["avdec_mpeg4", "avdec_msmpeg4"]),
    ("video/x-msmpeg", &["avdec_msmpeg4", "avdec_msmpeg4v2", "avdec_msmpeg4v1"]),
    ("video/x-flash-video", &["avdec_flv"]),
    ("video/x-vp6-flash", &["avdec_vp6f"]),
    ("video/x-theora", &["theoradec"]),
    ("video/x-prores", &["avdec_prores"]),
    ("video/x-dv", &["avdec_dvvideo", "dvdec"]),
    ("image/jpeg", &["jpegdec"]),
    ("image/png", &["pngdec"]),
    ("audio/x-opus", &["opusdec"]),
    ("audio/x-vorbis", &["vorbisdec"]),
    ("audio/x-flac", &["flacdec", "avdec_flac"]),
    ("audio/mpeg", &["avdec_aac", "faad", "mpg123audiodec", "avdec_mp3", "avdec_mp2float"]),
    ("audio/x-alac", &["avdec_alac"]),
    ("audio/x-ac3", &["avdec_ac3"]),
    ("audio/ac3", &["avdec_ac3"]),
    ("audio/x-eac3", &["avdec_eac3"]),
    ("audio/eac3", &["avdec_eac3"]),
    ("audio/AMR", &["avdec_amrnb"]),
    ("audio/AMR-WB", &["avdec_amrwb"]),
    ("audio/x-mulaw", &["mulawdec"]),
    ("audio/x-alaw", &["alawdec"]),
    ("audio/x-adpcm", &["adpcmdec", "avdec_adpcm_ms", "avdec_adpcm_ima_wav", "avdec_adpcm_ima_qt"]),
    ("audio/x-speex", &["speexdec"]),
];

/// Returns the decoders of a media type, best first. Empty for a raw type; `None` for a type that is not decoded here.
pub(crate) fn decoders(media_type: &str) -> Option<&'static [&'static str]> {
    DECODERS.iter().find(|(name, _)| *name == media_type).map(|(_, names)| *names)
}

/// Returns the installed decoders that accept a coding, best first.
pub(crate) fn able(caps: &gst::Caps) -> Vec<&'static str> {
    let media_type = caps.structure(0).map(|s| s.name().as_str()).unwrap_or_default();
    let takes = |name: &&&str| gst::ElementFactory::find(name).is_some_and(|f| f.can_sink_any_caps(caps));
    decoders(media_type).unwrap_or_default().iter().filter(takes).copied().collect()
}

/// Returns every element of the lists.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    let openers = Container::ALL.into_iter().map(|container| match opening(container) {
        Opening::Demuxer(name) | Opening::Parser(name) => name,
    });
    let decoders = DECODERS.iter().flat_map(|(_, names)| *names);
    openers.chain(PARSERS.iter().chain(decoders).copied())
}

/// The parsers that [`parser`] may name.
const PARSERS: &[&str] = &[
    "h264parse",
    "h265parse",
    "vp9parse",
    "av1parse",
    "h263parse",
    "mpeg4videoparse",
    "mpegvideoparse",
    "mpegaudioparse",
    "aacparse",
    "flacparse",
    "ac3parse",
    "amrparse",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parser_is_among_all() {
        crate::init().unwrap();
        let all: Vec<_> = all().collect();
        for (media_type, _) in DECODERS {
            for version in 1..5 {
                let coding = gst::Structure::builder(*media_type)
                    .field("mpegversion", version)
                    .field("divxversion", version + 1)
                    .build();
                if let Some((name, _)) = parser(&coding) {
                    assert!(all.contains(&name), "{name}");
                }
            }
        }
    }
}
