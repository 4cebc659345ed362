import { LoginView } from './login-view.js';
import { RoomView } from './room-view.js';
import { Room } from './room.js';

const roomView = new RoomView((problem) => login.show(problem));
const login = new LoginView(async (username, rid) => {
  const room = await Room.connect(username, rid);
  roomView.attach(room);
  await room.enter();
  roomView.show();
});

login.show();
