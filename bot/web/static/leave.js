// Leaving the conversation on this device, after one question.

export class LeaveDialog {
  #button = document.getElementById("leave");
  #dialog = document.getElementById("leave-dialog");

  constructor(leave) {
    this.#button.addEventListener("click", () => this.#dialog.showModal());
    this.#dialog.addEventListener("close", () => {
      if (this.#dialog.returnValue === "leave") leave();
      else this.#button.focus();
      this.#dialog.returnValue = "";
    });
  }

  get isOpen() {
    return this.#dialog.open;
  }

  offer(isOffered) {
    this.#button.hidden = !isOffered;
  }
}
