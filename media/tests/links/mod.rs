//! Files that name an address in every way that formats of media have, and a listener that would see a request.
#![allow(dead_code)]

use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts connections and datagrams to a port of its own.
pub struct Listener {
    pub address: String,
    seen: Arc<AtomicUsize>,
    /// Sends the datagrams that are its own.
    udp: UdpSocket,
}

/// Opens a port of loopback for TCP and UDP.
fn ports() -> (TcpListener, UdpSocket) {
    loop {
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        if let Ok(udp) = UdpSocket::bind(tcp.local_addr().unwrap()) {
            return (tcp, udp);
        }
    }
}

impl Listener {
    pub fn start() -> Listener {
        let (listener, datagrams) = ports();
        let address = listener.local_addr().unwrap().to_string();
        let seen = Arc::new(AtomicUsize::new(0));
        let (count, udp) = (seen.clone(), UdpSocket::bind("127.0.0.1:0").unwrap());
        std::thread::spawn({
            let seen = seen.clone();
            move || {
                while datagrams.recv(&mut [0; 2048]).is_ok() {
                    seen.fetch_add(1, Ordering::SeqCst);
                }
            }
        });
        std::thread::spawn(move || {
            while listener.accept().is_ok() {
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
        Listener { address, seen, udp }
    }

    pub fn port(&self) -> u16 {
        self.address.parse::<SocketAddr>().unwrap().port()
    }

    /// Connections and datagrams so far. Sends one of each itself first and waits for these, so that whatever came before has been
    /// counted.
    pub fn seen(&self) -> usize {
        let before = self.seen.load(Ordering::SeqCst);
        let _own = TcpStream::connect(&self.address).unwrap();
        self.udp.send_to(b"own", &self.address).unwrap();
        while self.seen.load(Ordering::SeqCst) < before + 2 {
            std::thread::yield_now();
        }
        self.seen.fetch_sub(2, Ordering::SeqCst) - 2
    }
}

/// Files with links to `address`, each with a name.
pub fn files(address: &str) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for (name, text) in texts(address) {
        // As it is, and in the disguises that have passed a look at the first bytes elsewhere.
        all.push((name.to_owned(), text.clone().into_bytes()));
        if name.ends_with("m3u8") || name.ends_with("mpd") {
            all.push((format!("free-{name}.mp4"), [b"\0\0\0\x08free", text.as_bytes()].concat()));
            all.push((format!("ftyp-{name}.mp4"), [&ftyp()[..], text.as_bytes()].concat()));
            all.push((format!("id3-{name}.mp3"), [b"ID3\x04\0\0\0\0\0\x04TIT2", text.as_bytes()].concat()));
            all.push((format!("bom-{name}"), [b"\xef\xbb\xbf", text.as_bytes()].concat()));
        }
    }
    all.extend(binaries(&format!("http://{address}/")).into_iter().map(|(name, bytes)| (name.to_owned(), bytes)));
    all
}

fn texts(address: &str) -> Vec<(&'static str, String)> {
    let url = format!("http://{address}/");
    let mpd = |inside: &str| {
        format!(
            "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" \
             mediaPresentationDuration=\"PT9S\" profiles=\"urn:mpeg:dash:profile:isoff-on-demand:2011\"><Period>\
             <AdaptationSet mimeType=\"video/mp4\">{inside}</AdaptationSet></Period></MPD>"
        )
    };
    let representation = format!(
        "<Representation id=\"1\" bandwidth=\"1\" codecs=\"avc1.42e01e\"><BaseURL>{url}a.mp4</BaseURL></Representation>"
    );
    vec![
        ("media.m3u8", format!("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{url}a.ts\n#EXT-X-ENDLIST\n")),
        ("master.m3u8", format!("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{url}b.m3u8\n")),
        (
            "key.m3u8",
            format!(
                "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXT-X-KEY:METHOD=AES-128,URI=\"{url}k\"\n#EXTINF:9,\na.ts\n#EXT-X-ENDLIST\n"
            ),
        ),
        ("base.mpd", mpd(&representation)),
        ("comment.mpd", format!("<!--free-->{}", mpd(&representation))),
        ("xlink.mpd", mpd(&format!("<SegmentList xmlns:x=\"http://www.w3.org/1999/xlink\" x:href=\"{url}\"/>"))),
        ("entity.mpd", format!("<!DOCTYPE MPD [<!ENTITY x SYSTEM \"{url}\">]>{}", mpd("&x;"))),
        (
            "manifest.ism",
            format!(
                "<SmoothStreamingMedia MajorVersion=\"2\" MinorVersion=\"0\" Duration=\"90\"><StreamIndex Type=\"video\" \
                 Url=\"{url}q({{bitrate}})/v({{start time}})\"><QualityLevel Bitrate=\"1\" FourCC=\"H264\"/><c d=\"9\"/>\
                 </StreamIndex></SmoothStreamingMedia>"
            ),
        ),
        (
            "session.sdp",
            format!(
                "v=0\no=- 0 0 IN IP4 {address}\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\na=rtpmap:96 H264/90000\na=control:rtsp://{address}/\n"
            ),
        ),
        ("list.ffconcat", format!("ffconcat version 1.0\nfile '{url}'\n")),
        ("list.pls", format!("[playlist]\nNumberOfEntries=1\nFile1={url}\n")),
        ("list.asx", format!("<asx version=\"3.0\"><entry><ref href=\"{url}\"/></entry></asx>")),
        ("reference.asf.txt", format!("[Reference]\nRef1={url}\n")),
        ("list.ram", format!("{url}a.rm\n")),
        (
            "list.xspf",
            format!(
                "<playlist version=\"1\" xmlns=\"http://xspf.org/ns/0/\"><trackList><track><location>{url}</location></track></trackList></playlist>"
            ),
        ),
        (
            "image.svg",
            format!("<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"{url}\" width=\"9\" height=\"9\"/></svg>"),
        ),
        ("page.html", format!("<html><video src=\"{url}\" autoplay></video></html>")),
        ("play.smil", format!("<smil><body><video src=\"{url}\"/></body></smil>")),
        ("titles.ttml", format!("<tt xmlns=\"http://www.w3.org/ns/ttml\"><head><image src=\"{url}\"/></head></tt>")),
        (
            "titles.vtt",
            format!(
                "WEBVTT\nSTYLE\n::cue {{ background: url({url}) }}\n\n00:00.000 --> 00:09.000\n<a href=\"{url}\">x</a>\n"
            ),
        ),
        ("titles.srt", format!("1\n00:00:00,000 --> 00:00:09,000\n<img src=\"{url}\">\n")),
        ("titles.ass", format!("[Script Info]\nVideo File: {url}\nAudio File: {url}\n[Events]\n")),
        ("titles.idx", format!("# VobSub index file, v7\nid: en\n{url}\n")),
        ("answer.rtsp", format!("RTSPtextrtsp://{address}/a\n")),
        ("uris.txt", format!("{url}a.mp4\r\n")),
        ("disc.cue", format!("FILE \"{url}\" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n")),
        ("script.swf.txt", format!("FWS\x09getURL(\"{url}\")")),
        ("list.json", format!("{{\"playlist\":[{{\"file\":\"{url}\"}}]}}")),
        ("pipeline.txt", format!("uridecodebin uri={url} ! fakesink")),
    ]
}

fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat()
}

fn full(kind: &[u8; 4], flags: u32, body: &[u8]) -> Vec<u8> {
    boxed(kind, &[&flags.to_be_bytes()[..], body].concat())
}

fn ftyp() -> Vec<u8> {
    boxed(b"ftyp", b"qt  \0\0\x02\0qt  ")
}

/// A movie of one track of raw audio whose samples lie where `reference` says.
fn movie(reference: &[u8]) -> Vec<u8> {
    let words = |n: usize| vec![0u8; n * 4];
    let mvhd = full(b"mvhd", 0, &[&[0; 8][..], &1000u32.to_be_bytes(), &1000u32.to_be_bytes(), &words(20)].concat());
    let tkhd = full(b"tkhd", 7, &[&[0; 8][..], &1u32.to_be_bytes(), &words(17)].concat());
    let mdhd = full(b"mdhd", 0, &[&[0; 8][..], &8000u32.to_be_bytes(), &8000u32.to_be_bytes(), &[0; 4]].concat());
    let hdlr = full(b"hdlr", 0, b"mhlrsoun\0\0\0\0\0\0\0\0\0\0\0\0\0");
    let dref = full(b"dref", 0, &[&1u32.to_be_bytes()[..], reference].concat());
    let entry = [&[0; 6][..], &[0, 1], &[0; 8], &[0, 1, 0, 16, 0, 0, 0, 0], &(8000u32 << 16).to_be_bytes()].concat();
    let stsd = full(b"stsd", 0, &[&1u32.to_be_bytes()[..], &boxed(b"twos", &entry)].concat());
    let number = |values: &[u32]| values.iter().flat_map(|v| v.to_be_bytes()).collect::<Vec<_>>();
    let stbl = [
        stsd,
        full(b"stts", 0, &number(&[1, 8000, 1])),
        full(b"stsc", 0, &number(&[1, 1, 8000, 1])),
        full(b"stsz", 0, &number(&[2, 8000])),
        full(b"stco", 0, &number(&[1, 0])),
    ]
    .concat();
    let minf = [full(b"smhd", 0, &[0; 4]), boxed(b"dinf", &dref), boxed(b"stbl", &stbl)].concat();
    let trak = [tkhd, boxed(b"mdia", &[mdhd, hdlr, boxed(b"minf", &minf)].concat())].concat();
    [ftyp(), boxed(b"moov", &[mvhd, boxed(b"trak", &trak)].concat()), boxed(b"mdat", &[0; 16_000])].concat()
}

fn element(id: &[u8], body: &[u8]) -> Vec<u8> {
    [id, &(body.len() as u64 | 1 << 56).to_be_bytes(), body].concat()
}

/// A Matroska file with these elements in its segment, and a track of raw audio.
fn matroska(inside: &[u8]) -> Vec<u8> {
    let header =
        element(b"\x1a\x45\xdf\xa3", &[&b"\x42\x82\x88matroska"[..], b"\x42\x87\x81\x04\x42\x85\x81\x02"].concat());
    let audio = element(b"\xe1", b"\xb5\x84\x45\xfa\0\0\x9f\x81\x01\x62\x64\x81\x10");
    let track = element(
        b"\xae",
        &[&b"\xd7\x81\x01\x73\xc5\x81\x01\x83\x81\x02"[..], &element(b"\x86", b"A_PCM/INT/LIT"), &audio].concat(),
    );
    let block = [&b"\x81\0\0\x80"[..], &[0; 1600]].concat();
    let cluster = element(b"\x1f\x43\xb6\x75", &[&b"\xe7\x81\0"[..], &element(b"\xa3", &block)].concat());
    let segment = [inside, &element(b"\x16\x54\xae\x6b", &track), &cluster].concat();
    [header, element(b"\x18\x53\x80\x67", &segment)].concat()
}

fn wave(chunk: &[u8]) -> Vec<u8> {
    let format = b"fmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0";
    let data = [&b"data\x80\x3e\0\0"[..], &[0; 16_000]].concat();
    let inside = [&b"WAVE"[..], format, chunk, &data].concat();
    [&b"RIFF"[..], &(inside.len() as u32).to_le_bytes(), &inside].concat()
}

fn binaries(url: &str) -> Vec<(&'static str, Vec<u8>)> {
    let link = url.as_bytes();
    let text = [link, b"\0"].concat();
    let counted = |bytes: &[u8]| [&(bytes.len() as u32).to_be_bytes()[..], bytes].concat();
    let little = |bytes: &[u8]| [&(bytes.len() as u32).to_le_bytes()[..], bytes].concat();
    let url_box = full(b"url ", 0, &text);
    let rdrf = full(b"rdrf", 0, &[&b"url "[..], &counted(&text)].concat());
    let rmra = boxed(b"rmra", &boxed(b"rmda", &rdrf));
    let alias = full(b"alis", 0, &[&[0; 150][..], link].concat());
    let id3 = |frame: &[u8; 4], body: &[u8]| {
        let frame = [&frame[..], &(body.len() as u32).to_be_bytes(), &[0, 0], body].concat();
        let size = frame.len() as u32;
        let tag = [&b"ID3\x03\0\0"[..], &[0, 0, (size >> 7) as u8, (size & 0x7f) as u8], &frame].concat();
        let frame = [&[0xff, 0xfb, 0x90, 0x64][..], &[0; 413]].concat();
        [tag, frame.repeat(20)].concat()
    };
    let cover = [&3u32.to_be_bytes()[..], &counted(b"-->"), &counted(b""), &[0; 16], &counted(link)].concat();
    let flac = [&b"fLaC\0\0\0\x22\x10\0\x10\0"[..], &[0; 6], &[0x0a, 0xc4, 0x40, 0xf0], &[0; 20]].concat();
    let cover = [&[0x86, 0, 0, cover.len() as u8][..], &cover].concat();
    let comment = [&b"OpusTags"[..], &little(b"x"), &1u32.to_le_bytes(), &little(&[b"URL=", link].concat())].concat();
    let page = |sequence: u8, kind: u8, body: &[u8]| {
        let head = [&b"OggS\0"[..], &[kind], &[0; 8], &[1, 0, 0, 0, sequence, 0, 0, 0], &[0; 4]].concat();
        [&head[..], &[1, body.len() as u8], body].concat()
    };
    let attached = [
        element(b"\x46\x6e", b"playlist.m3u8"),
        element(b"\x46\x60", b"application/vnd.apple.mpegurl"),
        element(b"\x46\x5c", &[b"#EXTM3U\n#EXTINF:9,\n", link].concat()),
    ]
    .concat();
    let chapter =
        element(b"\xb6", &[&element(b"\x91", b"\0")[..], &element(b"\x69\x44", &element(b"\x69\xa5", link))].concat());
    let asf = b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c";
    let mut packets = [&b"\x47\x40\0\x10\0"[..], link].concat();
    packets.resize(188, 0xff);
    vec![
        ("dref-url.mov", movie(&url_box)),
        ("dref-alias.mov", movie(&alias)),
        ("dref-urn.mp4", movie(&full(b"urn ", 0, &[&b"x\0"[..], &text].concat()))),
        ("reference-movie.mov", [ftyp(), boxed(b"moov", &rmra)].concat()),
        ("reference-beside.mov", [movie(&full(b"url ", 1, b"")), boxed(b"moov", &rmra)].concat()),
        ("user-data.mp4", [movie(&full(b"url ", 1, b"")), boxed(b"udta", &boxed(b"\xa9url", &text))].concat()),
        ("free-dash.mp4", [movie(&url_box), boxed(b"free", b"<MPD/>")].concat()),
        ("attachment.mkv", matroska(&element(b"\x19\x41\xa4\x69", &element(b"\x61\xa7", &attached)))),
        ("chapters.mkv", matroska(&element(b"\x10\x43\xa7\x70", &element(b"\x45\xb9", &chapter)))),
        ("next-file.mkv", matroska(&element(b"\x15\x49\xa9\x66", &element(b"\x3e\x83\xbb", link)))),
        ("tags.mkv", matroska(&element(b"\x12\x54\xc3\x67", &element(b"\x73\x73", &element(b"\x44\x87", link))))),
        ("codec-url.mkv", matroska(&element(b"\x16\x54\xae\x6b", &element(b"\xae", &element(b"\x3b\x40\x40", link))))),
        ("list.wav", wave(&[&b"LIST"[..], &little(&[b"INFOIURL", &little(&text)[..]].concat())].concat())),
        ("link.wav", wave(&[&b"link"[..], &little(link)].concat())),
        ("link.mp3", id3(b"WXXX", &[b"\0\0", link].concat())),
        ("cover.mp3", id3(b"APIC", &[b"\0-->\0\x03\0", link].concat())),
        ("cover.flac", [flac, cover].concat()),
        ("comment.opus", [page(0, 2, b"OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0"), page(1, 0, &comment)].concat()),
        ("stream.ts", packets.repeat(40)),
        ("script.asf", [&asf[..], &[200, 0, 0, 0, 0, 0, 0, 0], link].concat()),
        (
            "meta.flv",
            [
                &b"FLV\x01\x05\0\0\0\x09\0\0\0\0\x12\0\0\x40\0\0\0\0\0\0\0\x02\0\x06onPlay\x02"[..],
                &[0, link.len() as u8],
                link,
            ]
            .concat(),
        ),
        ("real.rm", [&b".RMF\0\0\0\x12\0\0"[..], link].concat()),
        ("archive.zip", [&b"PK\x03\x04"[..], link].concat()),
        (
            "manifest-utf16.ism",
            format!("\u{feff}<SmoothStreamingMedia><StreamIndex Url=\"{url}\"/></SmoothStreamingMedia>")
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect(),
        ),
    ]
}
