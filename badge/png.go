package badge

import (
	"bytes"
	"image"
	"image/color"
	"image/png"

	"golang.org/x/image/vector"
)

// density is how many pixels of a PNG stand for one px, so that it is sharp on fine screens.
const density = 2

func (s *scene) png() ([]byte, error) {
	w, h := int(s.width/px)*density, int(s.height/px)*density
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	raster := vector.NewRasterizer(w, h)
	for _, shape := range s.shapes {
		raster.Reset(w, h)
		trace(raster, shape.path)
		c := uint32(shape.fill)
		fill := color.RGBA{byte(c >> 16), byte(c >> 8), byte(c), 0xff}
		raster.Draw(img, img.Bounds(), image.NewUniform(fill), image.Point{})
	}
	var b bytes.Buffer
	err := png.Encode(&b, img)
	return b.Bytes(), err
}

func trace(to *vector.Rasterizer, p path) {
	at := func(p point) (x, y float32) {
		return float32(p.x) * density / float32(px), float32(p.y) * density / float32(px)
	}
	for i := range p {
		s := &p[i]
		ax, ay := at(s.to[0])
		bx, by := at(s.to[1])
		cx, cy := at(s.to[2])
		switch s.command {
		case 'M':
			to.ClosePath()
			to.MoveTo(ax, ay)
		case 'L':
			to.LineTo(ax, ay)
		case 'Q':
			to.QuadTo(ax, ay, bx, by)
		case 'C':
			to.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	to.ClosePath()
}
