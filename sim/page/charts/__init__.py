"""Charts as SVG markup: presentation attributes alone, so that no policy of a page forbids them."""
