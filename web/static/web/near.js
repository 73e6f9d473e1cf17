// "Near me", for those who tap it: the phone itself finds the nearest place of the list on the page and goes there.
// Where the phone is leaves it in no request, and is kept nowhere; the address names the place of the list only.
(() => {
  "use strict";
  const button = document.querySelector("[data-near-me]");
  const list = document.getElementById("near");
  const said = document.querySelector("[data-near-said]");
  if (!button || !navigator.geolocation) return;
  button.hidden = false;

  // Phones say WGS 84; maps in China are drawn in GCJ-02, which in this district lies so many degrees beside it.
  const [NORTH, EAST] = [-0.0021, 0.0043];
  const FAR = 30; // kilometres
  const tell = (words) => {
    said.textContent = words;
    said.hidden = false;
  };

  const distance = ([lat, lng], [otherLat, otherLng]) =>
    111.2 * Math.hypot(lat - otherLat, (lng - otherLng) * Math.cos((lat * Math.PI) / 180));

  button.addEventListener("click", () => {
    said.hidden = false;
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        button.disabled = false;
        const here = [coords.latitude + NORTH, coords.longitude + EAST];
        const places = [...list.querySelectorAll("[data-at]")].map((option) => ({
          slug: option.value,
          away: distance(here, option.dataset.at.split(",").map(Number)),
        }));
        const nearest = places.reduce((one, other) => (other.away < one.away ? other : one));
        if (nearest.away > FAR) return tell(button.dataset.far);
        list.value = nearest.slug;
        list.form.requestSubmit();
      },
      () => {
        button.disabled = false;
        tell(button.dataset.denied);
      },
      { timeout: 10000, maximumAge: 60000 },
    );
  });
})();
