//! GStreamer: started once, its elements checked by name, its pipelines always stopped before they are dropped.

use gstreamer as gst;
use gstreamer::prelude::*;
use std::path::PathBuf;
use std::sync::Once;
use std::sync::{LazyLock, OnceLock};

/// What the machine lacks.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The installation is incomplete: GStreamer does not start.
    #[error("GStreamer does not start: {0}. Install libgstreamer1.0-0 and try `gst-inspect-1.0`")]
    Start(#[from] gst::glib::Error),
    /// The installation is incomplete: elements are missing.
    #[error("GStreamer elements are missing: {}. Install them with: apt-get install {}", names(.0), packages(.0))]
    Missing(Vec<Element>),
}

/// An element of GStreamer and the Debian package that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element {
    pub name: &'static str,
    /// The Debian package.
    pub package: &'static str,
    /// What cannot be done without it.
    pub needed_for: &'static str,
}

const fn element(name: &'static str, package: &'static str, needed_for: &'static str) -> Element {
    Element { name, package, needed_for }
}

const BASE: &str = "gstreamer1.0-plugins-base";
const GOOD: &str = "gstreamer1.0-plugins-good";
const BAD: &str = "gstreamer1.0-plugins-bad";
const LIBAV: &str = "gstreamer1.0-libav";

/// The elements that the server cannot work without.
const NEEDED: &[Element] = &[
    element("fakesink", "libgstreamer1.0-0", "files"),
    element("capsfilter", "libgstreamer1.0-0", "everything"),
    element("appsrc", BASE, "everything"),
    element("appsink", BASE, "everything"),
    element("videoconvert", BASE, "video"),
    element("videoscale", BASE, "posters"),
    element("audioconvert", BASE, "audio"),
    element("audioresample", BASE, "audio"),
    element("opusdec", BASE, "live audio"),
    element("vp8dec", GOOD, "live video"),
    element("matroskademux", GOOD, "recordings"),
    element("videoflip", GOOD, "posters"),
    element("jpegenc", GOOD, "posters"),
];

/// The elements without which uploads of some kinds are refused.
const WANTED: &[Element] = &[
    element("qtdemux", GOOD, "MP4 and MOV files"),
    element("wavparse", GOOD, "WAV files"),
    element("flacdec", GOOD, "FLAC files"),
    element("mpg123audiodec", GOOD, "MP3 files"),
    element("vp9dec", GOOD, "VP9 video"),
    element("h264parse", BAD, "H.264 video"),
    element("oggdemux", BASE, "Ogg files"),
    element("avidemux", GOOD, "AVI files"),
    element("tsdemux", BAD, "MPEG transport streams"),
    element("aacparse", GOOD, "AAC audio"),
    element("avdec_h264", LIBAV, "H.264 video"),
    element("avdec_aac", LIBAV, "AAC audio"),
];

/// Starts GStreamer and checks that everything is there that live sessions need. Later calls return at once.
///
/// # Errors
/// GStreamer does not start, or elements are missing.
pub fn init() -> Result<(), Error> {
    if READY.get().is_some() {
        return Ok(());
    }
    gst::init()?;
    rank_out_network_elements();
    let missing = absent(NEEDED);
    if !missing.is_empty() {
        return Err(Error::Missing(missing));
    }
    let _ = READY.set(());
    Ok(())
}

/// Keeps elements that open an address or a playlist from being chosen by rank, in this process.
fn rank_out_network_elements() {
    static DONE: Once = Once::new();
    DONE.call_once(|| {
        for feature in gst::Registry::get().features(gst::ElementFactory::static_type()) {
            let Ok(factory) = feature.downcast::<gst::ElementFactory>() else { continue };
            let class = factory.metadata("klass").unwrap_or_default();
            if factory.uri_type() != gst::URIType::Unknown || class.contains("Adaptive") || class.contains("Network") {
                factory.set_rank(gst::Rank::NONE);
            }
        }
    });
}

/// Starts GStreamer in a decoding process, with these plugins and no others.
pub(crate) fn init_bare(plugins: impl Iterator<Item = String>) -> Result<(), Error> {
    gst::init()?;
    for plugin in plugins {
        gst::Plugin::load_file(plugin)?;
    }
    let _ = READY.set(());
    Ok(())
}

/// Set once GStreamer is ready in this process.
static READY: OnceLock<()> = OnceLock::new();

/// Returns the files of the plugins that a decoding process needs, as far as they are installed. [`init`] must have
/// been called.
pub(crate) fn plugins() -> &'static [PathBuf] {
    static PLUGINS: LazyLock<Vec<PathBuf>> = LazyLock::new(|| {
        let own = [
            "appsrc",
            "appsink",
            "fakesink",
            "capsfilter",
            "videoconvert",
            "videoscale",
            "audioconvert",
            "audioresample",
        ];
        let plugin = |name| gst::ElementFactory::find(name)?.plugin()?.filename();
        let mut files: Vec<_> = own.into_iter().chain(crate::codecs::all()).filter_map(plugin).collect();
        files.sort_unstable();
        files.dedup();
        files
    });
    &PLUGINS
}

/// Returns the elements without which some uploads are refused, for `doctor`. [`init`] must have been called.
pub fn wanted() -> Vec<Element> {
    absent(WANTED)
}

fn absent(list: &[Element]) -> Vec<Element> {
    list.iter().filter(|e| gst::ElementFactory::find(e.name).is_none()).copied().collect()
}

fn names(missing: &[Element]) -> String {
    missing.iter().map(|e| e.name).collect::<Vec<_>>().join(", ")
}

fn packages(missing: &[Element]) -> String {
    let mut packages: Vec<_> = missing.iter().map(|e| e.package).collect();
    packages.sort_unstable();
    packages.dedup();
    packages.join(" ")
}

/// A pipeline that is set to NULL when it is dropped: dropping a running one can end the process.
#[derive(Debug)]
pub(crate) struct Pipeline(pub gst::Pipeline);

impl Pipeline {
    pub fn new() -> Pipeline {
        Pipeline(gst::Pipeline::new())
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        if let Some(bus) = self.0.bus() {
            bus.unset_sync_handler();
        }
        if self.0.set_state(gst::State::Null).is_err() {
            tracing::error!("a GStreamer pipeline did not stop");
        }
    }
}

/// Creates an element. The error names the package that has it.
pub(crate) fn make(name: &str) -> Result<gst::Element, String> {
    gst::ElementFactory::make(name).build().map_err(|_| {
        let known = NEEDED.iter().chain(WANTED).find(|e| e.name == name);
        match known {
            Some(known) => format!("the GStreamer element {name} is missing: apt-get install {}", known.package),
            None => format!("the GStreamer element {name} is missing"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_elements_are_named_with_their_packages() {
        let needed = |name: &str| *NEEDED.iter().find(|element| element.name == name).unwrap();
        let error = Error::Missing(vec![needed("opusdec"), needed("vp8dec")]);
        let text = error.to_string();
        assert!(text.contains("opusdec, vp8dec"), "{text}");
        assert!(text.contains("apt-get install gstreamer1.0-plugins-base gstreamer1.0-plugins-good"), "{text}");
    }

    #[test]
    fn no_source_of_addresses_and_no_adaptive_demuxer_has_a_rank() {
        init().unwrap();
        for name in ["souphttpsrc", "filesrc", "hlsdemux2", "dashdemux2", "mssdemux2", "hlsdemux", "rtspsrc"] {
            if let Some(factory) = gst::ElementFactory::find(name) {
                assert_eq!(factory.rank(), gst::Rank::NONE, "{name}");
            }
        }
    }

    #[test]
    fn this_machine_has_what_is_needed() {
        init().unwrap();
    }
}
