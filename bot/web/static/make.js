// Elements, made in one line.

export function make(tag, className = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  return element;
}

export function picture(address, text) {
  const image = make("img");
  image.src = address;
  image.alt = text;
  return image;
}
