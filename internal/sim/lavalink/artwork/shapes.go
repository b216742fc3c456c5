package artwork

import "math"

func (d *sleeve) waves() {
	for i := range 6 {
		y := 150 + i*52
		rise := d.between(18, 48)
		d.printf(`<path d="M-20 %d q 66 %d 133 0 t 133 0 t 133 0 t 133 0 V512 H-20Z" fill="%s" opacity=".55"/>`,
			y, -rise, d.colour(float64(i*9), 60, 52-i*6))
	}
	d.printf(`<circle cx="%d" cy="%d" r="%d" fill="%s"/>`, d.between(110, 400), d.between(70, 110), d.between(30, 52), d.colour(180, 80, 82))
}

func (d *sleeve) rings() {
	x, y := d.between(150, 362), d.between(130, 250)
	for i := range 9 {
		d.printf(`<circle cx="%d" cy="%d" r="%d" fill="none" stroke="%s" stroke-width="%d" opacity=".8"/>`,
			x, y, 24+i*d.between(26, 32), d.colour(float64(i*14), 70, 72-i*4), d.between(4, 14))
	}
	d.printf(`<circle cx="%d" cy="%d" r="12" fill="%s"/>`, x, y, d.colour(180, 85, 78))
}

func (d *sleeve) hills() {
	d.printf(`<circle cx="%d" cy="150" r="%d" fill="%s"/>`, d.between(130, 380), d.between(50, 90), d.colour(30, 90, 74))
	for i := range 5 {
		y := 230 + i*50
		d.printf(`<path d="M0 %d L%d %d L%d %d L%d %d L512 %d V512 H0Z" fill="%s"/>`,
			y, d.between(60, 160), y-d.between(50, 110), d.between(180, 300), y+d.between(0, 30),
			d.between(320, 440), y-d.between(40, 110), y, d.colour(float64(-i*8), 45, 40-i*6))
	}
}

func (d *sleeve) bars() {
	for i := range 16 {
		height := d.between(40, 300)
		d.printf(`<rect x="%d" y="%d" width="20" height="%d" rx="10" fill="%s" opacity=".9"/>`,
			24+i*30, 210-height/2, height, d.colour(float64(i*7), 75, 66))
	}
}

func (d *sleeve) petals() {
	count, length := d.between(5, 12), d.between(90, 150)
	d.printf(`<g transform="translate(256 190)">`)
	for i := range count {
		d.printf(`<ellipse cx="0" cy="%d" rx="%d" ry="%d" transform="rotate(%d)" fill="%s" opacity=".62"/>`,
			-length/2-12, 18+160/count, length/2+10, i*360/count, d.colour(float64(i*100/count), 78, 68))
	}
	d.printf(`<circle r="26" fill="%s"/></g>`, d.colour(190, 85, 84))
}

func (d *sleeve) stars() {
	for range 60 {
		d.printf(`<circle cx="%d" cy="%d" r="%d" fill="#fff" opacity=".%d"/>`, d.dice.IntN(512), d.dice.IntN(400), d.between(1, 4), d.between(3, 9))
	}
	x, y := float64(d.between(120, 390)), float64(d.between(110, 220))
	d.printf(`<path fill="%s" d="M`, d.colour(60, 90, 78))
	points := 2 * d.between(5, 8)
	for i := range points {
		r := 110.0
		if i%2 == 1 {
			r = 46
		}
		at := 2 * math.Pi * float64(i) / float64(points)
		d.printf(`%.0f %.0f `, x+r*math.Sin(at), y-r*math.Cos(at))
	}
	d.printf(`Z"/>`)
}
