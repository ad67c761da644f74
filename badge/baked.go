package badge

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"hash/crc32"
	"io"
	"slices"

	"bonafide.example"
)

// A baked picture holds the signed badge (Open Badges 3.0, section 5.3): a PNG in a chunk of its own, an SVG in an
// element of its own.
const (
	keyword   = "openbadgecredential"
	namespace = "https://purl.imsglobal.org/ob/v3p0"
)

// MaxPicture is how large a picture may be, in bytes, for [Unbake] to look into it.
const MaxPicture = 4 << 20

const pngStart = "\x89PNG\r\n\x1a\n"

// Bake returns the picture, which [SVG] or [PNG] drew, with the token of a signed badge in it.
func Bake(picture []byte, token string) []byte {
	if bytes.HasPrefix(picture, []byte(pngStart)) {
		const header = len(pngStart) + 4 + 4 + 13 + 4 // the first chunk is of this length
		return insert(picture, header, pngChunk("iTXt", keyword+"\x00\x00\x00\x00\x00"+token))
	}
	end := bytes.IndexByte(picture, '>') // of the start tag, whose attributes have none
	picture = insert(picture, end+1, []byte(`<openbadges:credential verify="`+string(escaped(token))+`"/>`))
	return insert(picture, end, []byte(` xmlns:openbadges="`+namespace+`"`))
}

func insert(data []byte, at int, more []byte) []byte {
	return bytes.Join([][]byte{data[:at], more, data[at:]}, nil)
}

// pngChunk returns a chunk of a PNG (Portable Network Graphics, third edition, 5.3).
func pngChunk(kind, data string) []byte {
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	chunk = append(chunk, kind+data...)
	return binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
}

// IsPicture tells whether the data is a PNG, or markup such as an SVG.
func IsPicture(data []byte) bool {
	return bytes.HasPrefix(data, []byte(pngStart)) || bytes.HasPrefix(bytes.TrimLeft(data, "\ufeff \t\r\n"), []byte("<"))
}

// Unbake returns the token that a PNG or SVG holds, as it stands there. It fails with [bonafide.NotFound] if there is none,
// with [bonafide.TooLarge] for more than [MaxPicture] bytes, and with [bonafide.BadToken] for a picture that is damaged, or
// that holds a badge in a way that readers could take differently: twice, compressed, or with a signature of another kind.
func Unbake(picture []byte) (token string, err error) {
	if len(picture) > MaxPicture {
		return "", bonafide.Errorf(bonafide.TooLarge, "picture", "has over %d bytes", MaxPicture)
	}
	var tokens []string
	if chunks, ok := bytes.CutPrefix(picture, []byte(pngStart)); ok {
		tokens, err = inPNG(chunks)
	} else {
		tokens, err = inSVG(picture)
	}
	switch {
	case err != nil:
		return "", err
	case len(tokens) == 0:
		return "", bonafide.Errorf(bonafide.NotFound, "picture", "holds no badge; give the badge's address, or its baked picture")
	case len(tokens) > 1:
		return "", bad("holds %d badges, where one may be", len(tokens))
	}
	return tokens[0], nil
}

func bad(format string, args ...any) error {
	return bonafide.Errorf(bonafide.BadToken, "picture", format, args...)
}

// inPNG returns the texts of the chunks that hold badges.
func inPNG(chunks []byte) (tokens []string, err error) {
	for {
		if len(chunks) < 12 {
			return nil, bad("ends before a PNG does")
		}
		size := int64(binary.BigEndian.Uint32(chunks))
		if size > int64(len(chunks)-12) {
			return nil, bad("ends within a chunk")
		}
		whole, sum := chunks[4:8+size], chunks[8+size:12+size]
		kind, data := string(whole[:4]), whole[4:]
		if crc32.ChecksumIEEE(whole) != binary.BigEndian.Uint32(sum) {
			return nil, bad("is damaged: the checksum of a chunk %q doesn't hold", kind)
		}
		if kind == "IEND" {
			return tokens, nil
		}
		if text, ok := bytes.CutPrefix(data, []byte(keyword+"\x00")); ok && kind == "iTXt" {
			token, err := chunkText(text)
			if err != nil {
				return nil, err
			}
			tokens = append(tokens, token)
		}
		chunks = chunks[12+size:]
	}
}

// chunkText returns the text of an iTXt chunk, given what stands after its keyword: whether and how it is compressed, a
// language and the keyword in that language, which mean nothing here, and the text.
func chunkText(data []byte) (string, error) {
	if len(data) < 2 {
		return "", bad("has a chunk for a badge that ends early")
	}
	if data[0] != 0 {
		return "", bad("holds its badge compressed, which Open Badges 3.0 forbids")
	}
	parts := bytes.SplitN(data[2:], []byte{0}, 3)
	if len(parts) < 3 {
		return "", bad("has a chunk for a badge that ends early")
	}
	return string(parts[2]), nil
}

// inSVG returns the tokens of the elements that hold badges.
func inSVG(picture []byte) (tokens []string, err error) {
	decoder := xml.NewDecoder(bytes.NewReader(picture))
	root := true
	for {
		next, err := decoder.Token()
		if errors.Is(err, io.EOF) && !root {
			return tokens, nil
		}
		start, ok := next.(xml.StartElement)
		switch {
		case root && (err != nil || ok && start.Name.Local != "svg"):
			return nil, bonafide.Errorf(bonafide.NotFound, "picture", "is neither a PNG nor an SVG")
		case err != nil:
			return nil, bad("is an SVG that isn't well formed (%v)", err)
		case !ok:
			continue
		}
		root = false
		if start.Name != (xml.Name{Space: namespace, Local: "credential"}) {
			continue
		}
		at := slices.IndexFunc(start.Attr, func(a xml.Attr) bool { return a.Name == xml.Name{Local: "verify"} })
		if at < 0 {
			return nil, bad("holds a badge with a signature of another kind; only tokens are read here")
		}
		tokens = append(tokens, start.Attr[at].Value)
	}
}
