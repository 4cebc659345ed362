import { LoginView } from './login-view.js';
import { RoomView } from './room-view.js';

const login = new LoginView((room) => {
  login.hide();
  view.show(room);
});
const view = new RoomView((problem) => login.show(problem));

login.show();
