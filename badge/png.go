package badge

import (
	"bytes"
	"image"
	"image/color"
	"image/png"

	"golang.org/x/image/vector"
)

func (s *scene) png() ([]byte, error) {
	scale := s.zoom * s.density // hundredths of a pixel of the image for a px of the scene
	img := image.NewRGBA(image.Rect(0, 0, int(s.width/px*scale/100), int(s.height/px*scale/100)))
	var raster vector.Rasterizer
	for _, shape := range s.shapes {
		within := shape.path.bounds(scale).Intersect(img.Bounds())
		raster.Reset(within.Dx(), within.Dy())
		trace(&raster, shape.path, scale, within.Min)
		c := uint32(shape.fill)
		fill := color.RGBA{byte(c >> 16), byte(c >> 8), byte(c), 0xff}
		raster.Draw(img, within, image.NewUniform(fill), image.Point{})
	}
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed} // more time makes these no smaller
	err := encoder.Encode(&b, img)
	return b.Bytes(), err
}

// bounds returns the pixels of the image that the path can touch: what isn't filled needn't be gone through.
func (p path) bounds(scale length) image.Rectangle {
	at := func(p point) (x, y int) {
		return int(p.x * scale / (100 * px)), int(p.y * scale / (100 * px))
	}
	var all image.Rectangle
	for i := range p {
		for _, point := range p[i].points() {
			x, y := at(point)
			all = all.Union(image.Rect(x, y, x+1, y+1))
		}
	}
	return all
}

// trace adds the path, whose image begins at the pixel given.
func trace(to *vector.Rasterizer, p path, scale length, from image.Point) {
	at := func(p point) (x, y float32) {
		return float32(p.x*scale)/float32(100*px) - float32(from.X), float32(p.y*scale)/float32(100*px) - float32(from.Y)
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
